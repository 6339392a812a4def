import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Payout } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import type { PAYOUT_FILTERS } from './books-search.ts';
import type { BookTexts } from './texts-en.ts';
import { useAccountNames } from './use-account-names.ts';
import { useBookTexts } from './use-book-texts.ts';

type FilterName = (typeof PAYOUT_FILTERS)[number];

/** What providers sent to the bank. */
export function PayoutsScreen() {
  const words = useBookTexts();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/payouts' });
  const navigate = useNavigate();
  const { nameOf, choices } = useAccountNames();
  const columns = useMemo(() => columnsOf(words, place, nameOf), [words, place, nameOf]);
  const filters = useMemo(
    (): readonly Filter<FilterName>[] => [
      { name: 'providerAccountId', label: words.shared.providerAccount, choices },
      { name: 'currency', label: words.shared.currency },
    ],
    [words, choices],
  );
  return (
    <ListScreen<Payout, FilterName>
      name="payouts"
      title={words.payouts.title}
      permission="payout:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/payouts', params: place, search: next })}
      read={(query, signal) => api.reconciliation.listPayouts(query, { signal })}
      emptyTitle={words.payouts.emptyTitle}
      emptyHint={words.payouts.emptyHint}
    />
  );
}

function columnsOf(
  { payouts, shared }: BookTexts,
  place: Place,
  nameOf: (id: string) => string,
): readonly Column<Payout>[] {
  return [
    {
      id: 'amount',
      title: shared.amount,
      isMain: true,
      show: ({ amount, currency }) => (
        <strong className="font-semibold">
          <Amount minor={amount} currency={currency} />
        </strong>
      ),
    },
    {
      id: 'status',
      title: shared.status,
      isMain: true,
      show: ({ status }) => (
        <Badge
          tone={status === 'paid' ? 'good' : 'warn'}
          icon={status === 'paid' ? 'check' : 'back'}
          label={payouts.statuses[status]}
        />
      ),
    },
    { id: 'paid', title: payouts.paid, show: ({ paidAt }) => <Time at={paidAt} /> },
    { id: 'provider', title: shared.providerAccount, show: ({ providerAccountId }) => nameOf(providerAccountId) },
    { id: 'ref', title: payouts.providerRef, show: ({ providerRef }) => providerRef },
    {
      id: 'statement',
      title: shared.statement,
      show: ({ statementId }) => (
        <TextLink to="/$tenantId/$mode/statements/$statementId" params={{ ...place, statementId }}>
          {`${statementId.slice(0, 7)}…${statementId.slice(-6)}`}
        </TextLink>
      ),
    },
    {
      id: 'returned',
      title: payouts.returned,
      isExtra: true,
      show: ({ returnedAt }) => (returnedAt === null ? '–' : <Time at={returnedAt} />),
    },
    { id: 'id', title: shared.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={shared.id} isShort /> },
  ];
}
