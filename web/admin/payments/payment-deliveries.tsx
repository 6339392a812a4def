import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Delivery } from '../../../sdk/src/api.generated.ts';
import { Condition, Loading } from '../../ui/condition.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Failure } from '../failure.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { deliveryColumns } from '../webhooks/delivery-columns.tsx';
import { ResendButton } from '../webhooks/resend-button.tsx';
import { useWebhookTexts } from '../webhooks/use-webhook-texts.ts';

const ROWS_MAX = 100;

interface PaymentDeliveriesProps {
  readonly paymentId: string;
  readonly refetchMs: number;
}

/** Who was told what of a payment, and what they said; each can be told again. */
export function PaymentDeliveries({ paymentId, refetchMs }: PaymentDeliveriesProps) {
  const { deliveries: words } = useWebhookTexts();
  const api = useApi();
  const { key, place } = useHere();
  const columns = useMemo((): readonly Column<Delivery>[] => {
    const resend: Column<Delivery> = {
      id: 'resend',
      title: words.resend,
      isMain: true,
      isNumber: true,
      show: ({ id }) => <ResendButton deliveryId={id} />,
    };
    return [...deliveryColumns(words, place).filter(({ isExtra }) => !isExtra), resend];
  }, [words, place]);
  const found = useQuery({
    queryKey: [...key, 'payment', paymentId, 'deliveries'],
    queryFn: ({ signal }) => api.notifications.listDeliveries({ paymentId, limit: ROWS_MAX }, { signal }),
    refetchInterval: refetchMs,
  });
  if (found.isPending) return <Loading />;
  if (found.isError) return <Failure error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data.data.length === 0) {
    return (
      <Condition icon="send" title={words.emptyTitle}>
        <p>{words.emptyHint}</p>
      </Condition>
    );
  }
  return <DataTable caption={words.title} columns={columns} rows={found.data.data} keyOf={({ id }) => id} />;
}
