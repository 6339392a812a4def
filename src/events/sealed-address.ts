import type { Sealer } from '../keys/sealer.ts';

/** What an address begins with inside an event's object, where it is kept sealed. */
const SEALED = 'sealed:';

interface OwnerOfAddress {
  readonly tenantId: string;
  readonly paymentId: string;
}

/** Where a payment's shipping address stands; bound into the sealed bytes, also of those that its events keep. */
export function addressPlace({ tenantId, paymentId }: OwnerOfAddress) {
  return { tenantId, table: 'payments', column: 'shipping_address_sealed', row: paymentId };
}

/** Sealed bytes as an event's object keeps them: events stay what they were, and no table shows where anybody lives. */
export function sealedText(sealed: Uint8Array): string {
  return SEALED + Buffer.from(sealed).toString('base64url');
}

interface EventWithObject {
  readonly tenantId: string;
  readonly paymentId: string | null;
  readonly object: unknown;
}

/**
 * The event with its shipping address opened, for those who tell the tenant. Where the address cannot be opened, its key
 * being gone, it is told as null: what became of the money must be told all the same.
 */
export async function withOpenAddress<Event extends EventWithObject>(sealer: Sealer, event: Event): Promise<Event> {
  return { ...event, object: await openAddressIn(sealer, event, event.object) };
}

/** The same for an object of a payment that goes along with an event. */
export async function openAddressIn(
  sealer: Sealer,
  { tenantId, paymentId }: Omit<EventWithObject, 'object'>,
  object: unknown,
): Promise<unknown> {
  if (paymentId === null || !hasSealedAddress(object)) return object;
  const sealed = Buffer.from(object.shippingAddress.slice(SEALED.length), 'base64url');
  const json = await sealer.open(addressPlace({ tenantId, paymentId }), sealed).catch(() => null);
  return { ...object, shippingAddress: json === null ? null : JSON.parse(String(json)) };
}

function hasSealedAddress(object: unknown): object is { readonly shippingAddress: string } {
  if (typeof object !== 'object' || object === null || !('shippingAddress' in object)) return false;
  return typeof object.shippingAddress === 'string' && object.shippingAddress.startsWith(SEALED);
}
