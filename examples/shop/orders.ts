import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { PaymentObject } from '../../sdk/src/tollgate.ts';
import type { Product } from './products.ts';

/**
 * `starting`: the gateway has not been heard yet, so the same reference is asked for again.
 * `refused`: it would not make the payment. The others are the gateway's own words.
 */
export type PaymentStatus = 'starting' | 'refused' | PaymentObject['status'];

export interface OrderPayment {
  /** Ours, used once: a new try gets a new one. Also the idempotency key of its creation. */
  readonly reference: string;
  readonly paymentUrl: string | null;
  readonly status: PaymentStatus;
  readonly version: number;
  /** Why the last attempt failed; null where none did. */
  readonly failureCode: string | null;
}

export interface Order {
  readonly number: number;
  /** Part of the order page's address; nobody guesses it. */
  readonly key: string;
  /** The same in all payments of the order, and unlike those of a shop that began anew. */
  readonly orderId: string;
  readonly productId: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'open' | 'paid' | 'reversed';
  /** The latest try. */
  readonly payment: OrderPayment;
}

/**
 * What a notification came to. `paid_twice`: two tries were paid, and one is for a person to give back.
 * `not_about_orders`: a capture, a refund and the like, which this shop acknowledges and leaves.
 */
export type Applied =
  | { readonly outcome: 'changed' | 'paid_twice'; readonly key: string }
  | { readonly outcome: 'duplicate' | 'overtaken' | 'not_ours' | 'not_about_orders' | 'other_amount' };

const SCHEMA = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma foreign_keys = on;
  create table if not exists orders (
    number integer primary key autoincrement,
    key text not null unique,
    form_key text not null unique,
    order_id text not null unique,
    product_id text not null,
    amount integer not null check (amount > 0),
    currency text not null,
    status text not null check (status in ('open', 'paid', 'reversed')),
    paid_by text,
    created_at text not null
  ) strict;
  create table if not exists payments (
    reference text primary key,
    order_number integer not null references orders (number),
    try integer not null,
    payment_id text unique,
    payment_url text,
    status text not null,
    version integer not null,
    failure_code text,
    unique (order_number, try)
  ) strict;
  create table if not exists notifications (
    webhook_id text primary key,
    event_type text not null,
    received_at text not null
  ) strict;
  insert into sqlite_sequence (name, seq) select 'orders', 1000
  where not exists (select 1 from sqlite_sequence where name = 'orders');
`;

const READ_ORDER = `
  select o.number, o.key, o.order_id, o.product_id, o.amount, o.currency, o.status as order_status, o.paid_by,
    p.reference, p.try, p.payment_id, p.payment_url, p.status, p.version, p.failure_code
  from orders o join payments p on p.order_number = o.number`;

/** After these the shopper starts over, with a new payment. */
const ENDED: readonly PaymentStatus[] = ['refused', 'failed', 'canceled', 'expired', 'reversed'];

interface Row {
  number: number;
  key: string;
  order_id: string;
  product_id: string;
  amount: number;
  currency: string;
  order_status: Order['status'];
  paid_by: string | null;
  reference: string;
  try: number;
  payment_id: string | null;
  payment_url: string | null;
  status: PaymentStatus;
  version: number;
  failure_code: string | null;
}

/** The shop's own record: what was ordered, which payments were asked for, and what the gateway said of them. */
export class Orders {
  readonly #database: DatabaseSync;
  readonly #now: () => Date;

  /** `file` may be `:memory:`. */
  constructor(file: string, now: () => Date) {
    this.#database = new DatabaseSync(file, { timeout: 5_000 });
    this.#database.exec(SCHEMA);
    this.#now = now;
  }

  /** Takes an order with its first payment. The same form sent twice, by an impatient finger, is one order. */
  place(product: Product, currency: string, formKey: string): Order {
    return this.#atomically(() => {
      const known = this.#row('o.form_key = ?', formKey);
      if (known !== null) return orderOf(known);
      const key = randomBytes(16).toString('base64url');
      const { lastInsertRowid } = this.#database
        .prepare(
          `insert into orders (key, form_key, order_id, product_id, amount, currency, status, created_at)
           values (?, ?, ?, ?, ?, ?, 'open', ?)`,
        )
        .run(key, formKey, key, product.id, product.amount, currency, this.#now().toISOString());
      const number = Number(lastInsertRowid);
      const orderId = `shop-${number}-${randomBytes(4).toString('hex')}`;
      this.#database.prepare('update orders set order_id = ? where number = ?').run(orderId, number);
      this.#addPayment(number, orderId, 1);
      return this.#require(key);
    });
  }

  find(key: string): Order | null {
    const row = this.#row('o.key = ?', key);
    return row === null ? null : orderOf(row);
  }

  /** The order with a payment that can still be paid: the latest one, or a new one where that has ended. */
  withOpenPayment(key: string): Order | null {
    return this.#atomically(() => {
      const row = this.#row('o.key = ?', key);
      if (row === null) return null;
      if (row.order_status === 'paid' || !ENDED.includes(row.status)) return orderOf(row);
      this.#addPayment(row.number, row.order_id, row.try + 1);
      return this.#require(key);
    });
  }

  /** Keeps what the gateway answered. A notification may have been quicker: what it said stays. */
  paymentStarted(reference: string, paymentId: string, paymentUrl: string): void {
    this.#database
      .prepare(
        `update payments set payment_id = ?, payment_url = ?, status = case status when 'starting' then 'created' else status end
         where reference = ?`,
      )
      .run(paymentId, paymentUrl, reference);
  }

  paymentRefused(reference: string): void {
    this.#database
      .prepare(`update payments set status = 'refused' where reference = ? and status = 'starting'`)
      .run(reference);
  }

  /**
   * Takes over what a verified notification says. One transaction: the notification is remembered exactly if its
   * effect is, so that a crash in between leaves both to the next delivery.
   */
  apply(webhookId: string, eventType: string, payment: PaymentObject): Applied {
    return this.#atomically(() => {
      const { changes } = this.#database
        .prepare(
          'insert into notifications (webhook_id, event_type, received_at) values (?, ?, ?) on conflict do nothing',
        )
        .run(webhookId, eventType, this.#now().toISOString());
      if (changes === 0) return { outcome: 'duplicate' };
      const row = this.#row('p.reference = ?', payment.reference);
      if (row === null || (row.payment_id !== null && row.payment_id !== payment.id)) return { outcome: 'not_ours' };
      if (!(payment.version > row.version)) return { outcome: 'overtaken' };
      if (payment.amount !== row.amount || payment.currency !== row.currency) return { outcome: 'other_amount' };
      this.#database
        .prepare('update payments set payment_id = ?, status = ?, version = ?, failure_code = ? where reference = ?')
        .run(payment.id, payment.status, payment.version, failureOf(eventType, payment), payment.reference);
      return { outcome: this.#settle(row, payment), key: row.key };
    });
  }

  close(): void {
    this.#database.close();
  }

  #settle(row: Row, payment: PaymentObject): 'changed' | 'paid_twice' {
    if (payment.status === 'succeeded' && payment.amountCaptured === row.amount) {
      if (row.order_status === 'paid') return row.paid_by === payment.reference ? 'changed' : 'paid_twice';
      this.#database
        .prepare(`update orders set status = 'paid', paid_by = ? where number = ?`)
        .run(payment.reference, row.number);
    }
    if (payment.status === 'reversed' && row.paid_by === payment.reference) {
      this.#database.prepare(`update orders set status = 'reversed' where number = ?`).run(row.number);
    }
    return 'changed';
  }

  #addPayment(orderNumber: number, orderId: string, tried: number): void {
    this.#database
      .prepare(`insert into payments (reference, order_number, try, status, version) values (?, ?, ?, 'starting', 0)`)
      .run(`${orderId}-${tried}`, orderNumber, tried);
  }

  #require(key: string): Order {
    const order = this.find(key);
    if (order === null) throw new Error('The order that was just written is not there');
    return order;
  }

  /** The latest payment that fits; `condition` is one of this file's own. */
  #row(condition: string, value: string): Row | null {
    const row = this.#database.prepare(`${READ_ORDER} where ${condition} order by p.try desc limit 1`).get(value);
    return row === undefined ? null : (row as unknown as Row);
  }

  /** `immediate`: two processes on one file wait for each other here instead of failing at the commit. */
  #atomically<T>(work: () => T): T {
    this.#database.exec('begin immediate');
    try {
      const result = work();
      this.#database.exec('commit');
      return result;
    } catch (error) {
      this.#database.exec('rollback');
      throw error;
    }
  }
}

/** An attempt's failure is told until something else happens; the shopper may try again on the same page. */
function failureOf(eventType: string, payment: PaymentObject): string | null {
  if (eventType !== 'payment.attempt_failed' && payment.status !== 'failed') return null;
  return payment.latestAttempt?.failureCode ?? 'other';
}

function orderOf(row: Row): Order {
  return {
    number: row.number,
    key: row.key,
    orderId: row.order_id,
    productId: row.product_id,
    amount: row.amount,
    currency: row.currency,
    status: row.order_status,
    payment: {
      reference: row.reference,
      paymentUrl: row.payment_url,
      status: row.status,
      version: row.version,
      failureCode: row.failure_code,
    },
  };
}
