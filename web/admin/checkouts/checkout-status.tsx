import type { Checkout } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { useCheckoutTexts } from './use-checkout-texts.ts';

export function CheckoutStatus({ status }: Pick<Checkout, 'status'>) {
  const words = useCheckoutTexts();
  return <Badge tone={status === 'active' ? 'good' : 'idle'} label={words.statuses[status]} />;
}
