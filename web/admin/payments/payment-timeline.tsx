import { useInfiniteQuery } from '@tanstack/react-query';
import type { TimelineEntry } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { JsonView } from '../../ui/code-block.tsx';
import { Condition, Loading } from '../../ui/condition.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { Time } from '../../ui/value.tsx';
import { Failure } from '../failure.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { usePaymentTexts } from './use-payment-texts.ts';

type Kind = TimelineEntry['type'];

const ICONS: Readonly<Record<Kind, IconName>> = {
  signal: 'signal',
  provider_call: 'external',
  inbound: 'down',
  event: 'dots',
  delivery_attempt: 'send',
  ack_deadline: 'clock',
};

const PAGE_ROWS = 100;

interface PaymentTimelineProps {
  readonly paymentId: string;
  /** Only entries of these kinds; none: all. */
  readonly kinds?: readonly Kind[];
  readonly refetchMs: number;
}

/** What happened to a payment, in order, each entry with all that is known of it. */
export function PaymentTimeline({ paymentId, kinds, refetchMs }: PaymentTimelineProps) {
  const { payment: words } = usePaymentTexts();
  const api = useApi();
  const { key } = useHere();
  const timeline = useInfiniteQuery({
    queryKey: [...key, 'payment', paymentId, 'timeline'],
    queryFn: ({ pageParam, signal }) =>
      api.payments.getTimeline(paymentId, { limit: PAGE_ROWS, cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: refetchMs,
  });
  if (timeline.isPending) return <Loading rows={5} />;
  if (timeline.isError) return <Failure error={timeline.error} onRetry={() => void timeline.refetch()} />;
  const entries = timeline.data.pages.flatMap(({ data }) => data).filter(({ type }) => kinds?.includes(type) ?? true);
  if (entries.length === 0) {
    return (
      <Condition icon="clock" title={words.nothingYet}>
        <p>{words.nothingYetHint}</p>
      </Condition>
    );
  }
  return (
    <>
      <ol className="grid">
        {entries.map((entry, index) => (
          <Entry key={`${entry.type} ${entry.id}`} entry={entry} isLast={index === entries.length - 1} />
        ))}
      </ol>
      {timeline.hasNextPage && (
        <Button isBusy={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </>
  );
}

function Entry({ entry, isLast }: { readonly entry: TimelineEntry; readonly isLast: boolean }) {
  const { payment: words } = usePaymentTexts();
  const { id, at, summary, type, ...facts } = entry;
  const isBad = 'outcome' in entry && BAD_OUTCOMES.has(entry.outcome ?? '');
  return (
    <li className="relative grid grid-cols-[2rem_1fr] gap-3 pb-3.5">
      {!isLast && <span aria-hidden="true" className="absolute start-[0.95rem] top-8 bottom-0 w-0.5 bg-line" />}
      <span
        className={classNames(
          'grid size-8 place-items-center rounded-full',
          isBad ? 'bg-bad-soft text-bad' : 'bg-idle-soft text-idle',
        )}
      >
        <Icon name={isBad ? 'warning' : ICONS[type]} />
      </span>
      <div className="min-w-0">
        <p className="[overflow-wrap:anywhere]">{summary}</p>
        <details>
          <summary className="inline-flex min-h-7 flex-wrap items-center gap-x-1 text-sm text-muted underline-offset-2 hover:underline">
            {words.kinds[type]} · <Time at={at} seconds />
            {'durationMs' in entry && <span>· {words.took(entry.durationMs)}</span>}
            <Icon name="down" className="size-3.5" />
            <span className="sr-only">{words.entryDetails}</span>
          </summary>
          <JsonView value={{ id, ...facts }} label={words.entryDetails} />
        </details>
      </div>
    </li>
  );
}

const BAD_OUTCOMES: ReadonlySet<string> = new Set(['quarantined', 'refused', 'unknown', 'failed', 'lost', 'not_sent']);
