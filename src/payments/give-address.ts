import { isDeepStrictEqual } from 'node:util';
import type { PaymentContext } from './context.ts';
import type { Payment } from './payment.ts';
import { openAddress, sealAddress } from './sealed-address.ts';
import type { ShippingAddress } from './shipping-address.ts';

/**
 * Keeps where the shopper says that the order goes, in place of what they said before. The same address again changes
 * nothing. @throws Problem validation_failed, attempt_in_progress, state_conflict
 */
export async function giveAddress(context: PaymentContext, payment: Payment, address: ShippingAddress): Promise<void> {
  if (isDeepStrictEqual(await openAddress(context.sealer, payment), address)) return;
  const sealed = await sealAddress(context.sealer, payment, address);
  await context.applySignal(payment, 'shopper', { kind: 'address_given', ...sealed });
}
