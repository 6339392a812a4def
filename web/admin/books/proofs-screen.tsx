import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { ReconciliationReport } from '../../../sdk/src/api.generated.ts';
import { amountFromJson, formatMoney } from '../../../src/kernel/money.ts';
import { Badge } from '../../ui/badge.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Amount, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import type { PAYOUT_FILTERS } from './books-search.ts';
import type { BookTexts } from './texts-en.ts';
import { useAccountNames } from './use-account-names.ts';
import { useBookTexts } from './use-book-texts.ts';

type FilterName = (typeof PAYOUT_FILTERS)[number];

/** For each account, currency and day: whether everything between the ledger and the statements has a name. */
export function ProofsScreen() {
  const words = useBookTexts();
  const { locale } = useSpeech();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/reconciliation-reports' });
  const navigate = useNavigate();
  const { nameOf, choices } = useAccountNames();
  const columns = useMemo(() => columnsOf(words, locale, nameOf), [words, locale, nameOf]);
  const filters = useMemo(
    (): readonly Filter<FilterName>[] => [
      { name: 'providerAccountId', label: words.shared.providerAccount, choices },
      { name: 'currency', label: words.shared.currency },
    ],
    [words, choices],
  );
  return (
    <ListScreen<ReconciliationReport, FilterName>
      name="reconciliation-reports"
      title={words.proofs.title}
      permission="reconciliation:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/reconciliation-reports', params: place, search: next })}
      read={(query, signal) => api.reconciliation.listReports(query, { signal })}
      emptyTitle={words.proofs.emptyTitle}
      emptyHint={words.proofs.emptyHint}
    />
  );
}

type Sum = 'ledgerReceivable' | 'linesNet' | 'paidOut' | 'difference' | 'inTransit' | 'waitingLines';

function columnsOf(
  { proofs, shared }: BookTexts,
  locale: string,
  nameOf: (id: string) => string,
): readonly Column<ReconciliationReport>[] {
  const sum = (
    name: Sum | 'openExceptions' | 'acceptedExceptions',
    title: string,
    isExtra = false,
  ): Column<ReconciliationReport> => ({
    id: name,
    title,
    isNumber: true,
    isExtra,
    show: (report) => <Amount minor={report[name]} currency={report.currency} />,
  });
  return [
    {
      id: 'day',
      title: proofs.day,
      isMain: true,
      show: ({ day }) => <span className="number font-medium whitespace-nowrap">{day}</span>,
    },
    { id: 'provider', title: shared.providerAccount, show: ({ providerAccountId }) => nameOf(providerAccountId) },
    {
      id: 'unexplained',
      title: proofs.unexplained,
      isMain: true,
      show: ({ unexplained, currency }) =>
        unexplained === 0 ? (
          <Badge tone="good" label={proofs.right} />
        ) : (
          <Badge
            tone="bad"
            label={proofs.wrong(formatMoney({ amount: amountFromJson(unexplained), currency }, locale))}
          />
        ),
    },
    sum('ledgerReceivable', proofs.ledger),
    sum('linesNet', proofs.lines),
    sum('paidOut', proofs.paidOut),
    sum('difference', proofs.difference),
    sum('inTransit', proofs.transit, true),
    sum('waitingLines', proofs.waiting, true),
    sum('openExceptions', proofs.open),
    sum('acceptedExceptions', proofs.accepted, true),
    { id: 'asOf', title: shared.updated, isExtra: true, show: ({ asOf }) => <Time at={asOf} seconds /> },
  ];
}
