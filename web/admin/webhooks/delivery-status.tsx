import type { Delivery } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { useWebhookTexts } from './use-webhook-texts.ts';

const LOOKS: Readonly<Record<Delivery['status'], readonly [Tone, IconName]>> = {
  pending: ['info', 'clock'],
  held: ['warn', 'pause'],
  succeeded: ['good', 'check'],
  exhausted: ['bad', 'cross'],
  canceled: ['idle', 'cross'],
};

export function DeliveryStatus({ status }: { readonly status: Delivery['status'] }) {
  const { deliveries } = useWebhookTexts();
  const [tone, icon] = LOOKS[status];
  return <Badge tone={tone} icon={icon} label={deliveries.statuses[status]} />;
}
