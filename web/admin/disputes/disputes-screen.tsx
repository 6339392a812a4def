import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Dispute } from '../../../sdk/src/api.generated.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import { PaymentLink } from '../money/payment-link.tsx';
import { TimeLeft } from '../money/time-left.tsx';
import { DisputeStatus } from './dispute-status.tsx';
import type { DISPUTE_FILTERS } from './disputes-search.ts';
import type { DisputeTexts } from './texts-en.ts';
import { useDisputeTexts } from './use-dispute-texts.ts';

type FilterName = (typeof DISPUTE_FILTERS)[number];

/** What payers object to at their banks. */
export function DisputesScreen() {
  const words = useDisputeTexts();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/disputes' });
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(words, place), [words, place]);
  const filters = useMemo(
    (): readonly Filter<FilterName>[] => [
      {
        name: 'status',
        label: words.status,
        choices: Object.entries(words.statuses).map(([value, label]) => ({ value, label })),
      },
      { name: 'evidenceDueBefore', label: words.dueBefore, isDay: 'end' },
    ],
    [words],
  );
  return (
    <ListScreen<Dispute, FilterName>
      name="disputes"
      title={words.title}
      permission="dispute:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/disputes', params: place, search: next })}
      read={(query, signal) => api.disputes.list(query as Parameters<typeof api.disputes.list>[0], { signal })}
      emptyTitle={words.emptyTitle}
      emptyHint={words.emptyHint}
    />
  );
}

/** Whether evidence is still taken, so that its date matters. */
export function takesEvidence({ status }: Pick<Dispute, 'status'>): boolean {
  return status === 'inquiry' || status === 'opened' || status === 'under_review';
}

function columnsOf(words: DisputeTexts, place: Place): readonly Column<Dispute>[] {
  return [
    {
      id: 'amount',
      title: words.amount,
      isMain: true,
      show: ({ id, amount, currency }) => (
        <TextLink to="/$tenantId/$mode/disputes/$disputeId" params={{ ...place, disputeId: id }}>
          <Amount minor={amount} currency={currency} />
        </TextLink>
      ),
    },
    { id: 'status', title: words.status, isMain: true, show: ({ status }) => <DisputeStatus status={status} /> },
    {
      id: 'due',
      title: words.due,
      show: (dispute) =>
        dispute.evidenceDueAt === null ? (
          words.noDue
        ) : takesEvidence(dispute) ? (
          <TimeLeft until={dispute.evidenceDueAt} says={words.left} over={words.over} />
        ) : (
          <Time at={dispute.evidenceDueAt} />
        ),
    },
    { id: 'reason', title: words.reason, show: ({ reason }) => <span className="line-clamp-2">{reason}</span> },
    {
      id: 'payment',
      title: words.payment,
      show: ({ paymentId }) => <PaymentLink paymentId={paymentId} isShort />,
    },
    {
      id: 'withdrawn',
      title: words.withdrawn,
      isNumber: true,
      show: ({ amountWithdrawn, currency }) => <Amount minor={amountWithdrawn} currency={currency} />,
    },
    { id: 'created', title: words.created, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}
