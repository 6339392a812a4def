import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Checkout } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import type { ListSearch } from '../list/list-search.ts';
import { CheckoutStatus } from './checkout-status.tsx';
import type { CHECKOUT_FILTERS } from './checkouts-search.ts';
import type { CheckoutTexts } from './texts-en.ts';
import { useCheckoutTexts } from './use-checkout-texts.ts';

const CheckoutDialog = lazy(() =>
  import('./checkout-dialog.tsx').then((module) => ({ default: module.CheckoutDialog })),
);

type FilterName = (typeof CHECKOUT_FILTERS)[number];

/** What payments that are alike have in common, stored once. */
export function CheckoutsScreen() {
  const words = useCheckoutTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { place, may } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/checkouts' });
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const columns = useMemo(() => columnsOf(words, place), [words, place]);
  const filters = useMemo(
    (): readonly Filter<FilterName>[] => [
      {
        name: 'status',
        label: words.status,
        choices: Object.entries(words.statuses).map(([value, label]) => ({ value, label })),
      },
      { name: 'reference', label: words.reference },
    ],
    [words],
  );
  return (
    <>
      <ListScreen<Checkout, FilterName>
        name="checkouts"
        title={words.title}
        permission="checkout:read"
        columns={columns}
        filters={filters}
        search={search}
        onSearch={(next) => void navigate({ to: '/$tenantId/$mode/checkouts', params: place, search: next })}
        read={(query, signal) => api.checkouts.list(query as ListSearch<never>, { signal })}
        emptyTitle={words.emptyTitle}
        emptyHint={words.emptyHint}
        actions={
          <Button
            look="primary"
            whyNot={may('checkout:create') ? null : ui.noPermissionHint('checkout:create')}
            onClick={() => setAdding(true)}
          >
            {words.add}
          </Button>
        }
      />
      <Suspense>{isAdding && <CheckoutDialog checkout={null} onClose={() => setAdding(false)} />}</Suspense>
    </>
  );
}

function columnsOf(words: CheckoutTexts, place: Place): readonly Column<Checkout>[] {
  return [
    {
      id: 'name',
      title: words.name,
      isMain: true,
      show: ({ id, name }) => (
        <TextLink to="/$tenantId/$mode/checkouts/$checkoutId" params={{ ...place, checkoutId: id }}>
          {name}
        </TextLink>
      ),
    },
    { id: 'status', title: words.status, isMain: true, show: ({ status }) => <CheckoutStatus status={status} /> },
    {
      id: 'amount',
      title: words.amount,
      isNumber: true,
      show: ({ amount, currency }) =>
        amount === undefined || currency === undefined ? (
          (amount ?? '–')
        ) : (
          <Amount minor={amount} currency={currency} />
        ),
    },
    { id: 'reference', title: words.reference, show: ({ reference }) => reference ?? '–' },
    { id: 'description', title: words.description, isExtra: true, show: ({ description }) => description ?? '–' },
    { id: 'updated', title: words.updated, show: ({ updatedAt }) => <Time at={updatedAt} /> },
    { id: 'created', title: words.created, isExtra: true, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}
