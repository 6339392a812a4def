import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../../kernel/clock.ts';
import type { SimulatedMerchant } from './merchant.ts';
import {
  type CreateAsk,
  type OrderStatus,
  type RefundAsk,
  refundableOf,
  type SimulatedOrder,
  type SimulatedRefund,
} from './order.ts';
import { Refusal } from './refusal.ts';

export type Tell = (order: SimulatedOrder, refund: SimulatedRefund | null) => void;

/** The partner's books: orders, what may happen to them, and who is told. In memory. */
export class Gateway {
  readonly #orders = new Map<string, SimulatedOrder>();
  readonly #clock: Clock;
  readonly #tell: Tell;
  way: 'redirect' | 'qr' = 'redirect';
  /** What becomes of a refund that is asked for. */
  refundsEnd: 'at_once' | 'later' | 'failed' = 'at_once';

  constructor(clock: Clock, tell: Tell) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** The same request finds the order that is there. @throws Refusal order_conflict | validation_failed */
  create(merchant: SimulatedMerchant, ask: CreateAsk): SimulatedOrder {
    const { merchantCode } = merchant;
    const fingerprint = fingerprintOf(ask, merchant.wire);
    const found = this.#orders.get(keyOf(merchantCode, ask.orderId));
    if (found !== undefined) {
      if (found.fingerprint === fingerprint && merchant.wire === 'bluecom') return found;
      throw new Refusal('order_conflict', 'This order id is taken');
    }
    if (Temporal.Instant.compare(ask.expiresAt, this.#clock.now()) <= 0) {
      throw new Refusal('validation_failed', 'expiresAt has passed');
    }
    const order: SimulatedOrder = {
      ...{ providerRef: `PG${randomBytes(8).toString('hex').toUpperCase()}`, merchantCode, ask, fingerprint },
      ...{ way: this.way, status: 'waiting', paidAt: null, refunds: new Map() },
    };
    this.#orders.set(keyOf(merchantCode, ask.orderId), order);
    return order;
  }

  /** @throws Refusal order_not_found */
  find(merchantCode: string, orderId: string): SimulatedOrder {
    const order = this.#orders.get(keyOf(merchantCode, orderId));
    if (order === undefined) throw new Refusal('order_not_found', 'There is no such order');
    return order;
  }

  /** An order by the partner's name or the merchant's, over all merchants. */
  findByAnyName(name: string): SimulatedOrder | null {
    return this.orders().find(({ providerRef, ask }) => providerRef === name || ask.orderId === name) ?? null;
  }

  orders(): readonly SimulatedOrder[] {
    return [...this.#orders.values()];
  }

  /** The payer's decision, once; a late approval of what has ended only where `late` says so. Returns whether it counted. */
  end(order: SimulatedOrder, status: Exclude<OrderStatus, 'waiting'>, late = false): boolean {
    if (order.status === 'paid' || (order.status !== 'waiting' && !late)) return false;
    order.status = status;
    if (status === 'paid') order.paidAt = this.#clock.now();
    this.#tell(order, null);
    return true;
  }

  /** @throws Refusal order_not_found | refund_conflict | state_conflict | validation_failed | amount_not_available */
  refund(merchantCode: string, ask: RefundAsk): { readonly order: SimulatedOrder; readonly refund: SimulatedRefund } {
    const order = this.find(merchantCode, ask.orderId);
    if (ask.providerRef !== null && ask.providerRef !== order.providerRef) {
      throw new Refusal('order_not_found', 'There is no such order');
    }
    const found = order.refunds.get(ask.refundId);
    if (found !== undefined) {
      if (found.amount !== ask.amount) throw new Refusal('refund_conflict', 'This refund id is taken');
      return { order, refund: found };
    }
    if (order.status !== 'paid') throw new Refusal('state_conflict', 'Nothing was paid');
    if (ask.currency !== order.ask.currency) throw new Refusal('validation_failed', 'The order has another currency');
    if (ask.amount > refundableOf(order)) throw new Refusal('amount_not_available', 'Less than that is left');
    const refund: SimulatedRefund = { refundId: ask.refundId, amount: ask.amount, state: 'pending' };
    order.refunds.set(ask.refundId, refund);
    if (this.refundsEnd !== 'later') this.endRefund(order, refund, this.refundsEnd === 'at_once' ? 'done' : 'failed');
    return { order, refund };
  }

  endRefund(order: SimulatedOrder, refund: SimulatedRefund, state: 'done' | 'failed'): void {
    if (refund.state !== 'pending') return;
    refund.state = state;
    this.#tell(order, refund);
  }

  /** Ends what nobody paid in time. */
  expireDue(): void {
    for (const order of this.orders()) {
      const isDue = Temporal.Instant.compare(order.ask.expiresAt, this.#clock.now()) <= 0;
      if (order.status === 'waiting' && isDue) this.end(order, 'expired');
    }
  }
}

function keyOf(merchantCode: string, orderId: string): string {
  return `${merchantCode} ${orderId}`;
}

function fingerprintOf(ask: CreateAsk, wire: string): string {
  const members = { ...ask, amount: `${ask.amount}`, expiresAt: wire === 'bluecom' ? `${ask.expiresAt}` : '' };
  return createHash('sha256').update(JSON.stringify(members)).digest('hex');
}
