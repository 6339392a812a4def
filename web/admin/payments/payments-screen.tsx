import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Payment } from '../../../sdk/src/api.generated.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import { type UiWords, useSpeech } from '../../ui/words.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { dayFilters } from '../list/day-filters.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import type { ListSearch } from '../list/list-search.ts';
import { PaymentStatus } from './payment-status.tsx';
import type { PAYMENT_FILTERS } from './payments-search.ts';
import type { PaymentTexts } from './texts-en.ts';
import { usePaymentTexts } from './use-payment-texts.ts';

type FilterName = (typeof PAYMENT_FILTERS)[number];

/** Every payment of a tenant in a mode, the newest first. */
export function PaymentsScreen() {
  const { payments: words } = usePaymentTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/payments' });
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(words, place), [words, place]);
  const filters = useMemo(() => filtersOf(words, ui), [words, ui]);
  return (
    <ListScreen<Payment, FilterName>
      name="payments"
      title={words.title}
      permission="payment:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/payments', params: place, search: next })}
      read={(query, signal) => api.payments.list(query as ListSearch<never>, { signal })}
      emptyTitle={words.emptyTitle}
      emptyHint={words.emptyHint}
    />
  );
}

function columnsOf(words: PaymentTexts['payments'], place: Place): readonly Column<Payment>[] {
  return [
    {
      id: 'reference',
      title: words.reference,
      isMain: true,
      show: ({ id, reference }) => (
        <TextLink to="/$tenantId/$mode/payments/$paymentId" params={{ ...place, paymentId: id }}>
          {reference}
        </TextLink>
      ),
    },
    { id: 'status', title: words.status, isMain: true, show: ({ status }) => <PaymentStatus status={status} /> },
    {
      id: 'amount',
      title: words.amount,
      isNumber: true,
      isMain: true,
      show: ({ amount, currency }) => <Amount minor={amount} currency={currency} />,
    },
    {
      id: 'captured',
      title: words.captured,
      isNumber: true,
      isExtra: true,
      show: ({ amountCaptured, currency }) => <Amount minor={amountCaptured} currency={currency} />,
    },
    {
      id: 'refunded',
      title: words.refunded,
      isNumber: true,
      show: ({ amountRefunded, currency }) =>
        amountRefunded === 0 ? '–' : <Amount minor={amountRefunded} currency={currency} />,
    },
    { id: 'orderId', title: words.orderId, show: ({ orderId }) => orderId ?? '–' },
    { id: 'provider', title: words.provider, show: ({ latestAttempt }) => latestAttempt?.provider ?? '–' },
    {
      id: 'description',
      title: words.description,
      isExtra: true,
      show: ({ description }) => description ?? '–',
    },
    { id: 'created', title: words.created, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}

function filtersOf(words: PaymentTexts['payments'], ui: UiWords): readonly Filter<FilterName>[] {
  return [
    {
      name: 'status',
      label: words.status,
      choices: Object.entries(words.statuses).map(([value, label]) => ({ value, label })),
    },
    { name: 'reference', label: words.reference },
    { name: 'orderId', label: words.orderId },
    ...dayFilters(ui, 'createdAfter', 'createdBefore'),
  ];
}
