import type { Clock } from '../kernel/clock.ts';
import { instantOfId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { DeliveryMessageAnswer } from './api-deliveries.ts';
import type { Delivery } from './delivery.ts';
import type { DialectKey, EncodedMessage } from './dialects/dialect.ts';
import { type KeptSince, refuseExpired } from './event-expired.ts';
import { openEndpoint, openReceiver, type Receiver, type ReceiverContext } from './open-receiver.ts';
import { KnownEvents } from './sending/known-events.ts';
import { signedTextOf } from './signed-text.ts';
import { type Owner, selectEndpoint } from './store.ts';
import { selectDelivery, selectDeliveryAttempts } from './store-deliveries.ts';

interface MessageContext extends ReceiverContext {
  readonly keptSince: KeptSince;
}

/** Each attempt is encrypted with a vector, or signed with a number, that is never used again. */
const MADE_ANEW: ReadonlySet<string> = new Set(['encrypted', 'encrypted-legacy', 'partner']);

/**
 * What a delivery says, written again as its last attempt was: the same event, stamp and keys. Nothing that proves to
 * others who sent it comes along, neither a signature nor BlueSnap's `authKey`.
 * @throws Problem not_found, event_expired, state_conflict where there is nothing (any more) to write it from
 */
export async function readMessage(
  context: MessageContext,
  owner: Owner,
  deliveryId: string,
): Promise<DeliveryMessageAnswer> {
  const { database, sealer } = context;
  const delivery = await selectDelivery(database.query, owner, deliveryId);
  if (delivery === null) throw new Problem('not_found', 'There is no such delivery.');
  if (delivery.trigger === 'test' || delivery.trigger === 'simulation') {
    throw new Problem('state_conflict', 'This event was made up and is not kept. Test or simulate again to see it.');
  }
  const keptSince = await context.keptSince(owner.tenantId);
  refuseExpired(delivery.eventId, keptSince);
  const attempts = await selectDeliveryAttempts(database.query, owner.tenantId, deliveryId);
  const last = attempts.at(-1);
  const at = last?.attempted_at ?? context.clock.now();
  const receiver = await receiverOf({ ...context, clock: { now: () => at } }, owner, delivery);
  const { dialect, endpoint } = receiver;
  const wanted = [{ delivery, needsPayment: dialect.needsPayment }];
  const event = (await new KnownEvents(sealer).find(database.query, wanted)).get(deliveryId);
  if (event === undefined) throw new Problem('event_expired', 'What this event said is not kept any more.');
  const keys = keysOfThen(receiver.keys, at);
  const about = { object: 'delivery_message', deliveryId, dialect: dialect.id } as const;
  const base = { ...about, attempt: last?.attempt_number ?? null, keyIds: keys.map(({ keyId }) => keyId) };
  if (MADE_ANEW.has(dialect.id)) return { ...base, body: null, signedText: null };
  const clock: Clock = { now: () => at };
  const message = dialect.encode(event, endpoint, keys, clock);
  if (message === null) throw new Problem('state_conflict', `The dialect ${dialect.id} has no word for this event.`);
  const { text } = signedTextOf({ dialect: dialect.id, profile: endpoint.profile ?? null }, message, keys, at);
  return { ...base, body: withoutAuthKey(textOf(message)), signedText: text === null ? null : withoutAuthKey(text) };
}

/** Whoever it is for, also while nothing is sent there. */
async function receiverOf(context: ReceiverContext, owner: Owner, delivery: Delivery): Promise<Receiver> {
  const { endpointId } = delivery;
  const endpoint = endpointId === null ? null : await selectEndpoint(context.database.query, owner, endpointId);
  if (endpoint !== null) return openEndpoint(context, endpoint);
  const receiver = await openReceiver(context, delivery, null);
  if (receiver.kind === 'open') return receiver;
  throw new Problem('state_conflict', 'Whoever this was for was deleted, and its keys with it.');
}

/** Those that were there already; a rotation since then has added one. */
function keysOfThen(keys: readonly DialectKey[], at: Temporal.Instant): readonly DialectKey[] {
  const then = keys.filter(
    ({ keyId }) => !keyId.startsWith('key_') || Temporal.Instant.compare(instantOfId(keyId), at) <= 0,
  );
  return then.length === 0 ? keys : then;
}

function textOf({ body }: EncodedMessage): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
}

function withoutAuthKey(text: string): string {
  return text.replace(/(^|&)authKey=[^&]*/, '$1authKey=(not kept)');
}
