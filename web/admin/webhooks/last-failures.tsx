import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { DataTable } from '../../ui/data-table.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { deliveryColumns } from './delivery-columns.tsx';
import { useEditorTexts } from './use-editor-texts.ts';
import { useWebhookTexts } from './use-webhook-texts.ts';

const SHOWN_ROWS = 5;
const ANSWERS = ['refused', 'lost', 'not_sent'] as const;

/** The newest deliveries whose last attempt failed, in whatever way. */
export function LastFailures({ endpointId }: { readonly endpointId: string }) {
  const words = useEditorTexts();
  const { deliveries } = useWebhookTexts();
  const api = useApi();
  const { key, place } = useHere();
  const columns = useMemo(
    () => deliveryColumns(deliveries, place).filter(({ isExtra }) => isExtra !== true),
    [deliveries, place],
  );
  const found = useQuery({
    queryKey: [...key, 'webhook-endpoints', endpointId, 'failures'],
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        ANSWERS.map((error) => api.notifications.listDeliveries({ endpointId, error, limit: SHOWN_ROWS }, { signal })),
      );
      const all = pages.flatMap(({ data }) => data);
      return all.toSorted((one, other) => (one.id < other.id ? 1 : -1)).slice(0, SHOWN_ROWS);
    },
  });
  return (
    <section aria-label={words.failures} className="card overflow-clip">
      <h2 className="p-4 pb-1 font-semibold">{words.failures}</h2>
      <ReadResult of={found} rows={2}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="p-4 pt-1 text-muted">{words.noFailures}</p>
          ) : (
            <DataTable caption={words.failures} columns={columns} rows={rows} keyOf={({ id }) => id} />
          )
        }
      </ReadResult>
    </section>
  );
}
