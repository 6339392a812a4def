import { useEffect, useState } from 'react';
import { Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';

interface TimeLeftProps {
  readonly until: string;
  /** The time that is left, as part of a sentence. */
  readonly says: (left: string) => string;
  /** What is said once it is over. */
  readonly over: string;
}

/** An instant ahead, and how long it is until then; counts down by itself. */
export function TimeLeft({ until, says, over }: TimeLeftProps) {
  const { locale } = useSpeech();
  const [now, setNow] = useState(() => Date.now());
  const leftMs = new Date(until).getTime() - now;
  const isSoon = leftMs < 3_600_000;
  useEffect(() => {
    if (leftMs <= 0) return;
    const timer = setTimeout(() => setNow(Date.now()), isSoon ? 1_000 : 60_000);
    return () => clearTimeout(timer);
  }, [leftMs, isSoon]);
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-2">
      <Time at={until} seconds={isSoon} />
      <span className="number text-sm text-muted">{leftMs > 0 ? says(inWords(leftMs, locale)) : over}</span>
    </span>
  );
}

/** The two largest units: “3 days 4 hr”, “1 min 20 sec”. */
function inWords(ms: number, locale: string): string {
  const seconds = Math.ceil(ms / 1_000);
  const parts = [
    ['day', Math.floor(seconds / 86_400)],
    ['hour', Math.floor(seconds / 3_600) % 24],
    ['minute', Math.floor(seconds / 60) % 60],
    ['second', seconds % 60],
  ] as const;
  const first = parts.findIndex(([, count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .map(([unit, count]) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count))
    .join(' ');
}
