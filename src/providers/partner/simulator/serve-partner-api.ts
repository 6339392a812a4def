import type { Clock } from '../../../kernel/clock.ts';
import { bluecomWire } from './bluecom-wire.ts';
import type { Gateway } from './gateway.ts';
import type { SimulatedMerchant } from './merchant.ts';
import { neopayWire } from './neopay-wire.ts';
import type { SimulatedOrder } from './order.ts';
import { Refusal } from './refusal.ts';
import type { JsonObject, Operation, Wire, WireAnswer } from './wire.ts';

const TOLERANCE_S = 300;
const WIRES: readonly (readonly [SimulatedMerchant['wire'], Wire])[] = [
  ['bluecom', bluecomWire],
  ['neopay', neopayWire],
];

/** What answering a request takes. */
export interface Desk {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly merchants: readonly SimulatedMerchant[];
  readonly pageAddress: (order: SimulatedOrder) => string;
}

export interface ApiAnswer extends WireAnswer {
  /** The same answer with another signature, or none. */
  resigned(signature: string | null): JsonObject;
}

/** The wire of a merchant. */
export function wireOf({ wire }: SimulatedMerchant): Wire {
  return wire === 'bluecom' ? bluecomWire : neopayWire;
}

/** Answers one request: who speaks, whether it is signed and fresh, and only then what it asks, unless too busy. */
export function serveApi(desk: Desk, path: string, bytes: Uint8Array, isBusy: boolean): ApiAnswer | null {
  const body = objectIn(bytes);
  for (const [name, wire] of WIRES) {
    const operation = wire.operationOf(path, body);
    if (operation === null) continue;
    const code = wire.merchantCodeOf(body);
    const merchant = desk.merchants.find((one) => one.wire === name && one.merchantCode === code) ?? null;
    const answer = answerOf(desk, wire, merchant, operation, body, isBusy);
    return { ...answer, resigned: (signature) => wire.withSignature(answer.members, signature) };
  }
  return null;
}

function answerOf(
  desk: Desk,
  wire: Wire,
  merchant: SimulatedMerchant | null,
  operation: Operation,
  body: JsonObject,
  isBusy: boolean,
): WireAnswer {
  // Who cannot prove to be the merchant gets no signature of ours, which would be one for somebody else.
  let isProven = false;
  try {
    if (merchant === null) throw new Refusal('unknown_merchant', 'There is no such merchant');
    if (!wire.isSigned(merchant, operation, body)) throw new Refusal('invalid_signature', 'The signature is wrong');
    isProven = true;
    const sentAt = wire.sentAt(operation, body);
    const now = desk.clock.now();
    if (sentAt !== null && Math.abs(now.epochMilliseconds / 1000 - sentAt) > TOLERANCE_S) {
      throw new Refusal('stale_timestamp', 'The timestamp is too far from now');
    }
    if (isBusy) throw new Refusal('not_executed', 'Nothing was done, ask again');
    return perform(desk, wire, merchant, operation, body);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { orderId } = body;
    return wire.refused(isProven ? merchant : null, error, operation, typeof orderId === 'string' ? orderId : '');
  }
}

function perform(
  { gateway, clock, pageAddress }: Desk,
  wire: Wire,
  merchant: SimulatedMerchant,
  operation: Operation,
  body: JsonObject,
): WireAnswer {
  const { merchantCode } = merchant;
  switch (operation) {
    case 'create': {
      const order = gateway.create(merchant, wire.readCreate(body, clock.now()));
      return wire.created(merchant, order, pageAddress(order));
    }
    case 'query':
      return wire.queried(merchant, gateway.find(merchantCode, wire.readQuery(body).orderId));
    case 'refund': {
      const { order, refund } = gateway.refund(merchantCode, wire.readRefund(body));
      return wire.refunded(merchant, order, refund, clock.now());
    }
  }
}

function objectIn(bytes: Uint8Array): JsonObject {
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as JsonObject) : {};
  } catch {
    return {};
  }
}
