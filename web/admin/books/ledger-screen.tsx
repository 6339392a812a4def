import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { LedgerEntry } from '../../../sdk/src/api.generated.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { dayFilters } from '../list/day-filters.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import { PaymentLink } from '../money/payment-link.tsx';
import type { ENTRY_FILTERS } from './books-search.ts';
import type { BookTexts } from './texts-en.ts';
import { useAccountNames } from './use-account-names.ts';
import { useBookTexts } from './use-book-texts.ts';

type FilterName = (typeof ENTRY_FILTERS)[number];

/** Every movement of money, newest first. */
export function LedgerScreen() {
  const words = useBookTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/ledger-entries' });
  const navigate = useNavigate();
  const { nameOf, choices } = useAccountNames();
  const columns = useMemo(() => columnsOf(words, nameOf), [words, nameOf]);
  const filters = useMemo(
    (): readonly Filter<FilterName>[] => [
      { name: 'account', label: words.shared.account, choices: choicesOf(words.shared.accounts) },
      { name: 'kind', label: words.shared.kind, choices: choicesOf(words.ledger.kinds) },
      { name: 'providerAccountId', label: words.shared.providerAccount, choices },
      { name: 'currency', label: words.shared.currency },
      ...dayFilters(ui, 'createdAfter', 'createdBefore'),
    ],
    [words, ui, choices],
  );
  return (
    <ListScreen<LedgerEntry, FilterName>
      name="ledger-entries"
      title={words.ledger.title}
      permission="ledger:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/ledger-entries', params: place, search: next })}
      read={(query, signal) =>
        api.ledger.listEntries(query as Parameters<typeof api.ledger.listEntries>[0], { signal })
      }
      emptyTitle={words.ledger.emptyTitle}
      emptyHint={words.ledger.emptyHint}
    />
  );
}

function choicesOf(labels: Readonly<Record<string, string>>) {
  return Object.entries(labels).map(([value, label]) => ({ value, label }));
}

function columnsOf({ ledger, shared }: BookTexts, nameOf: (id: string) => string): readonly Column<LedgerEntry>[] {
  return [
    { id: 'kind', title: shared.kind, isMain: true, show: ({ kind }) => ledger.kinds[kind] },
    {
      id: 'amount',
      title: shared.amount,
      isMain: true,
      isNumber: true,
      show: ({ amount, currency }) => <Amount minor={amount} currency={currency} />,
    },
    { id: 'debit', title: ledger.debit, show: ({ debitAccount }) => shared.accounts[debitAccount] },
    { id: 'credit', title: ledger.credit, show: ({ creditAccount }) => shared.accounts[creditAccount] },
    {
      id: 'payment',
      title: shared.payment,
      show: ({ paymentId }) => (paymentId === null ? '–' : <PaymentLink paymentId={paymentId} isShort />),
    },
    {
      id: 'provider',
      title: shared.providerAccount,
      isExtra: true,
      show: ({ providerAccountId }) => nameOf(providerAccountId),
    },
    {
      id: 'subject',
      title: ledger.subject,
      isExtra: true,
      show: ({ subjectId }) => <Copyable text={subjectId} what={ledger.subject} isShort />,
    },
    { id: 'created', title: shared.created, show: ({ createdAt }) => <Time at={createdAt} seconds /> },
    { id: 'id', title: shared.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={shared.id} isShort /> },
  ];
}
