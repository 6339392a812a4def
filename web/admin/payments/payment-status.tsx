import type { Payment } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { usePaymentTexts } from './use-payment-texts.ts';

type Status = Payment['status'];

const LOOKS: Readonly<Record<Status, readonly [Tone, IconName]>> = {
  created: ['idle', 'clock'],
  processing: ['info', 'dots'],
  authorized: ['info', 'lock'],
  succeeded: ['good', 'check'],
  failed: ['bad', 'cross'],
  canceled: ['idle', 'cross'],
  expired: ['idle', 'clock'],
  reversed: ['warn', 'back'],
};

export function PaymentStatus({ status }: { readonly status: Status }) {
  const { payments } = usePaymentTexts();
  const [tone, icon] = LOOKS[status];
  return <Badge tone={tone} icon={icon} label={payments.statuses[status]} />;
}
