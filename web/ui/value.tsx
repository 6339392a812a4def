import { amountFromJson, formatMoney } from '../../src/kernel/money.ts';
import { CopyButton } from './copy-button.tsx';
import { useSpeech } from './words.tsx';

/** Minor units as people write them; exact, since no float is on the way. */
export function Amount({ minor, currency }: { readonly minor: number; readonly currency: string }) {
  const { locale } = useSpeech();
  return (
    <span className="number whitespace-nowrap">{formatMoney({ amount: amountFromJson(minor), currency }, locale)}</span>
  );
}

/** An instant in the viewer's own zone; the title tells it in UTC, as logs and the API have it. */
export function Time({ at, seconds = false }: { readonly at: string; readonly seconds?: boolean }) {
  const { locale } = useSpeech();
  const date = new Date(at);
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: seconds ? 'medium' : 'short' });
  return (
    <time dateTime={at} title={`${date.toISOString().replace('T', ' ').replace('Z', '')} UTC`} className="number">
      {format.format(date)}
    </time>
  );
}

/** A text that programs read (an id, a key), with a button that copies it. */
export function Copyable({
  text,
  what,
  isShort = false,
}: {
  readonly text: string;
  readonly what: string;
  readonly isShort?: boolean;
}) {
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <code className="min-w-0 font-mono text-sm [overflow-wrap:anywhere]" title={text}>
        {isShort && text.length > 18 ? `${text.slice(0, 8)}…${text.slice(-6)}` : text}
      </code>
      <CopyButton text={text} what={what} />
    </span>
  );
}
