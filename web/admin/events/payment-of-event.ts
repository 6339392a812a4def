import type { Event } from '../../../sdk/src/api.generated.ts';

/** The payment that an event is about: its object, or what its object belongs to. */
export function paymentIdOf({ data: { object } }: Pick<Event, 'data'>): string | null {
  const id = object.object === 'payment' ? object.id : object.paymentId;
  return typeof id === 'string' ? id : null;
}
