import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Delivery } from '../../../sdk/src/api.generated.ts';
import { buttonClass } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import type { ListSearch } from '../list/list-search.ts';
import { deliveryColumns } from '../webhooks/delivery-columns.tsx';
import { ResendButton } from '../webhooks/resend-button.tsx';
import { useWebhookTexts } from '../webhooks/use-webhook-texts.ts';
import type { DEAD_LETTER_FILTERS } from './dead-letters-search.ts';
import { useToolTexts } from './use-tool-texts.ts';

type FilterName = (typeof DEAD_LETTER_FILTERS)[number];
const SHOWN: ReadonlySet<string> = new Set(['event', 'answer', 'attempts', 'payment', 'created']);

/** What no attempt brought to its receiver; each can be sent again, and a replay brings many. */
export function DeadLettersScreen() {
  const { dead: words } = useToolTexts();
  const { deliveries } = useWebhookTexts();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/dead-letters' });
  const navigate = useNavigate();
  const columns = useMemo((): readonly Column<Delivery>[] => {
    const known = deliveryColumns(deliveries, place).filter(({ id }) => SHOWN.has(id));
    const again = (delivery: Delivery) => <ResendButton deliveryId={delivery.id} />;
    return [
      ...known.map((column) => ({ ...column, isExtra: false })),
      { id: 'act', title: words.act, isMain: true, show: again },
    ];
  }, [deliveries, words, place]);
  const filters: readonly Filter<FilterName>[] = [
    { name: 'endpointId', label: deliveries.endpoint },
    { name: 'eventType', label: deliveries.event },
    { name: 'createdAfter', label: deliveries.from, isDay: 'start' },
    { name: 'createdBefore', label: deliveries.to, isDay: 'end' },
  ];
  return (
    <ListScreen<Delivery, FilterName>
      name="dead-letters"
      title={words.title}
      hint={words.hint}
      permission="webhook:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/dead-letters', params: place, search: next })}
      read={(query, signal) =>
        api.notifications.listDeliveries({ ...(query as ListSearch<never>), status: 'exhausted' }, { signal })
      }
      emptyTitle={words.emptyTitle}
      emptyHint={words.emptyHint}
      actions={
        <Link
          to="/$tenantId/$mode/replays/new"
          params={place}
          search={{
            status: 'exhausted',
            ...(search.endpointId === undefined ? {} : { endpointId: search.endpointId }),
          }}
          className={buttonClass('primary')}
        >
          {words.replay}
        </Link>
      }
    />
  );
}
