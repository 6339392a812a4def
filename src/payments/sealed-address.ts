import { addressPlace } from '../events/sealed-address.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Payment } from './payment.ts';
import type { ShippingAddress } from './shipping-address.ts';

/** Where a payment's order goes; null where nobody has said. */
export async function openAddress(sealer: Sealer, payment: Payment): Promise<ShippingAddress | null> {
  if (payment.shippingAddressSealed === null) return null;
  return JSON.parse(String(await sealer.open(addressPlace(payment), payment.shippingAddressSealed)));
}

/** An address as a signal carries it. */
export async function sealAddress(
  sealer: Sealer,
  payment: Payment,
  address: ShippingAddress,
): Promise<{ readonly shippingAddressSealed: Uint8Array }> {
  return { shippingAddressSealed: await sealer.seal(addressPlace(payment), JSON.stringify(address)) };
}
