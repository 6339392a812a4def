import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Delivery } from '../../../sdk/src/api.generated.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import type { ListSearch } from '../list/list-search.ts';
import type { DELIVERY_FILTERS } from './deliveries-search.ts';
import { deliveryColumns } from './delivery-columns.tsx';
import type { WebhookTexts } from './texts-en.ts';
import { useWebhookTexts } from './use-webhook-texts.ts';

type FilterName = (typeof DELIVERY_FILTERS)[number];

/** Everything that endpoints were told or are to be told, the newest first. */
export function DeliveriesScreen() {
  const { deliveries: words } = useWebhookTexts();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/deliveries' });
  const navigate = useNavigate();
  const columns = useMemo(() => deliveryColumns(words, place), [words, place]);
  const filters = useMemo(() => filtersOf(words), [words]);
  return (
    <ListScreen<Delivery, FilterName>
      name="deliveries"
      title={words.title}
      permission="webhook:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/deliveries', params: place, search: next })}
      read={(query, signal) => api.notifications.listDeliveries(query as ListSearch<never>, { signal })}
      emptyTitle={words.emptyTitle}
      emptyHint={words.emptyHint}
    />
  );
}

function filtersOf(words: WebhookTexts['deliveries']): readonly Filter<FilterName>[] {
  const choicesOf = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([value, label]) => ({ value, label }));
  return [
    { name: 'status', label: words.status, choices: choicesOf(words.statuses) },
    { name: 'trigger', label: words.trigger, choices: choicesOf(words.triggers) },
    { name: 'statusCode', label: words.statusCode },
    { name: 'endpointId', label: words.endpoint },
    { name: 'paymentId', label: words.payment },
  ];
}
