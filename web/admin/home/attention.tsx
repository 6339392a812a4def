import type { ReactNode } from 'react';
import type { Overview } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Time } from '../../ui/value.tsx';
import { useHomeTexts } from './use-home-texts.ts';

type Counted = Exclude<keyof Overview['attention'], 'oldestWaitingSince'>;

const COUNTED: readonly Counted[] = [
  'openFuses',
  'openCircuits',
  'stuckPayments',
  'stuckOperations',
  'openExceptions',
  'notificationsSetAside',
  'unwellEndpoints',
  'deliveriesWaiting',
];

/** Waiting is no fault by itself. */
const HARMLESS: ReadonlySet<Counted> = new Set(['deliveriesWaiting']);

interface AttentionProps {
  readonly attention: Overview['attention'];
  /** To the list of what is counted, around its name; the name alone where no screen here has it. */
  readonly linkOf: (counted: Counted, label: string) => ReactNode;
}

/** What wants somebody now, whatever the period, the worst first. */
export function Attention({ attention, linkOf }: AttentionProps) {
  const { home: words } = useHomeTexts();
  const rows = COUNTED.filter((counted) => attention[counted] > 0);
  return (
    <section aria-label={words.attention} className="card">
      <h2 className="p-4 pb-2 font-semibold">{words.attention}</h2>
      {rows.length === 0 && (
        <p className="flex items-center gap-2 px-4 pb-4 text-muted">
          <Icon name="check" className="size-5 text-good" />
          {words.attentionNone}
        </p>
      )}
      <ul>
        {rows.map((counted) => (
          <li key={counted} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2.5">
            <span className="me-auto min-w-0">
              {linkOf(counted, words[counted])}
              {counted === 'deliveriesWaiting' && attention.oldestWaitingSince !== null && (
                <span className="block text-sm text-muted">
                  {words.oldest} <Time at={attention.oldestWaitingSince} />
                </span>
              )}
            </span>
            <Badge
              tone={HARMLESS.has(counted) ? 'info' : 'bad'}
              label={attention[counted] >= COUNT_MAX ? `${COUNT_MAX}+` : String(attention[counted])}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The API counts no further. */
const COUNT_MAX = 10_000;

export type { Counted };
