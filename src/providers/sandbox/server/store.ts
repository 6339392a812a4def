import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { amountFromJson } from '../../../kernel/money.ts';
import { type Charge, type Refund, wakeAt } from './charge.ts';
import type { NotificationFault } from './scenario.ts';
import { PRAGMAS, SCHEMA } from './schema.ts';

export interface Notification {
  readonly id: number;
  readonly eventId: string;
  readonly chargeId: string;
  readonly merchantCode: string;
  readonly url: string;
  readonly body: string;
  readonly fault: NotificationFault;
  readonly attempts: number;
}

export type NewNotification = Omit<Notification, 'id' | 'attempts'> & { readonly dueAt: number | null };

/** Per currency, over all charges of a merchant. */
export interface Totals {
  readonly currency: string;
  readonly charges: number;
  readonly amountAuthorized: number;
  readonly amountCaptured: number;
  readonly amountRefunded: number;
}

// STRICT tables give these types their truth; amounts are below 2^53 by the check on every request.
type ChargeRow = Omit<Charge, 'amount' | 'amountAuthorized' | 'amountCaptured' | 'amountRefunded' | 'plan'> & {
  readonly amount: number;
  readonly amountAuthorized: number;
  readonly amountCaptured: number;
  readonly amountRefunded: number;
  readonly planOutcome: 'approve' | 'authorize' | 'decline_insufficient_funds' | 'decline_fraud' | null;
  readonly planAt: number | null;
  readonly planLate: number;
};
type RefundRow = Omit<Refund, 'amount' | 'plan'> & {
  readonly amount: number;
  readonly planState: 'succeeded' | 'failed' | null;
  readonly planAt: number | null;
};

const CHARGE = `select id, merchant_code as merchantCode, reference, content_hash as contentHash, token, amount, currency,
  capture_method as captureMethod, description, return_url as returnUrl, notification_url as notificationUrl,
  expires_at as expiresAt, state, decline_code as declineCode, amount_authorized as amountAuthorized,
  amount_captured as amountCaptured, amount_refunded as amountRefunded, plan_outcome as planOutcome, plan_at as planAt,
  plan_late as planLate, created_at as createdAt, updated_at as updatedAt from charges`;
const REFUND = `select id, charge_id as chargeId, merchant_code as merchantCode, reference, content_hash as contentHash,
  amount, notification_url as notificationUrl, state, plan_state as planState, plan_at as planAt,
  created_at as createdAt from refunds`;
const NOTIFICATION = `select id, event_id as eventId, charge_id as chargeId, merchant_code as merchantCode, url, body,
  fault, attempts from notifications`;

/** The sandbox's own durable memory. Synchronous: one request's work is one transaction that nothing interleaves. */
export class SandboxStore {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  constructor(dataFile: string) {
    // It holds the merchants' keys; SQLite gives its side files the mode of the main one.
    if (dataFile !== ':memory:') closeSync(openSync(dataFile, 'a', 0o600));
    this.#db = new DatabaseSync(dataFile);
    this.#db.exec(PRAGMAS);
    this.#db.exec(SCHEMA);
  }

  close(): void {
    this.#db.close();
  }

  /** Runs the work and commits it, to the disk, before returning; rolls back where it throws. */
  transaction<T>(work: () => T): T {
    this.#db.exec('begin immediate');
    try {
      const result = work();
      this.#db.exec('commit');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('rollback');
      throw error;
    }
  }

  /** Oldest first; two at most. Empty for a merchant that is not known. */
  secretsOf(merchantCode: string): readonly string[] {
    const sql = 'select secret from merchant_secrets where merchant_code = ? order by id';
    return (this.#prepare(sql).all(merchantCode) as { secret: string }[]).map((row) => row.secret);
  }

  insertMerchant(code: string, now: number): void {
    this.#prepare('insert into merchants (code, created_at) values (?, ?)').run(code, now);
  }

  insertSecret(merchantCode: string, secret: string): void {
    this.#prepare('insert into merchant_secrets (merchant_code, secret) values (?, ?)').run(merchantCode, secret);
  }

  deleteSecret(merchantCode: string, secret: string): void {
    this.#prepare('delete from merchant_secrets where merchant_code = ? and secret = ?').run(merchantCode, secret);
  }

  chargeById(id: string): Charge | null {
    return chargeOf(this.#prepare(`${CHARGE} where id = ?`).get(id));
  }

  chargeByReference(merchantCode: string, reference: string): Charge | null {
    return chargeOf(this.#prepare(`${CHARGE} where merchant_code = ? and reference = ?`).get(merchantCode, reference));
  }

  chargesToWake(now: number): readonly string[] {
    const sql = 'select id from charges where wake_at <= ? order by wake_at limit 200';
    return (this.#prepare(sql).all(now) as { id: string }[]).map((row) => row.id);
  }

  insertCharge(charge: Charge): void {
    const sql = `insert into charges (id, merchant_code, reference, content_hash, token, amount, currency, capture_method,
      description, return_url, notification_url, expires_at, state, created_at, updated_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    const { id, merchantCode, reference, contentHash, token, amount, currency, captureMethod, description } = charge;
    this.#prepare(sql).run(
      ...[id, merchantCode, reference, contentHash, token, amount, currency, captureMethod, description],
      ...[charge.returnUrl, charge.notificationUrl, charge.expiresAt, charge.state, charge.createdAt, charge.updatedAt],
    );
    this.updateCharge(charge);
  }

  updateCharge(charge: Charge): void {
    const sql = `update charges set state = ?, decline_code = ?, amount_authorized = ?, amount_captured = ?,
      amount_refunded = ?, plan_outcome = ?, plan_at = ?, plan_late = ?, wake_at = ?, updated_at = ? where id = ?`;
    const { state, declineCode, amountAuthorized, amountCaptured, amountRefunded, plan } = charge;
    this.#prepare(sql).run(
      ...[state, declineCode, amountAuthorized, amountCaptured, amountRefunded],
      ...[plan?.outcome ?? null, plan?.at ?? null, plan?.late === true ? 1 : 0],
      ...[wakeAt(charge), charge.updatedAt, charge.id],
    );
  }

  countCharges(reference: string): number {
    const row = this.#prepare('select count(*) as n from charges where reference = ?').get(reference);
    return (row as { n: number }).n;
  }

  totalsOf(merchantCode: string): readonly Totals[] {
    const sql = `select currency, count(*) as charges, sum(amount_authorized) as amountAuthorized,
      sum(amount_captured) as amountCaptured, sum(amount_refunded) as amountRefunded
      from charges where merchant_code = ? group by currency order by currency`;
    return this.#prepare(sql).all(merchantCode) as unknown as Totals[];
  }

  refundByReference(merchantCode: string, reference: string): Refund | null {
    return refundOf(this.#prepare(`${REFUND} where merchant_code = ? and reference = ?`).get(merchantCode, reference));
  }

  refundsOf(chargeId: string): readonly Refund[] {
    const rows = this.#prepare(`${REFUND} where charge_id = ? order by created_at, rowid`).all(chargeId);
    return rows.flatMap((row) => refundOf(row) ?? []);
  }

  refundsToSettle(now: number): readonly Refund[] {
    const rows = this.#prepare(`${REFUND} where plan_at <= ? order by plan_at limit 200`).all(now);
    return rows.flatMap((row) => refundOf(row) ?? []);
  }

  insertRefund(refund: Refund): void {
    const sql = `insert into refunds (id, charge_id, merchant_code, reference, content_hash, amount, notification_url,
      state, plan_state, plan_at, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    const { id, chargeId, merchantCode, reference, contentHash, amount, notificationUrl, state, plan } = refund;
    this.#prepare(sql).run(
      ...[id, chargeId, merchantCode, reference, contentHash, amount, notificationUrl, state],
      ...[plan?.state ?? null, plan?.at ?? null, refund.createdAt],
    );
  }

  settleRefund(id: string, state: 'succeeded' | 'failed'): void {
    this.#prepare('update refunds set state = ?, plan_state = null, plan_at = null where id = ?').run(state, id);
  }

  insertNotification(added: NewNotification): void {
    const sql = `insert into notifications (event_id, charge_id, merchant_code, url, body, fault, due_at, outcome)
      values (?, ?, ?, ?, ?, ?, ?, ?)`;
    const { eventId, chargeId, merchantCode, url, body, fault, dueAt } = added;
    const outcome = dueAt === null ? 'dropped' : 'due';
    this.#prepare(sql).run(eventId, chargeId, merchantCode, url, body, fault, dueAt, outcome);
  }

  dueNotifications(now: number, limit: number): readonly Notification[] {
    const sql = `${NOTIFICATION} where due_at <= ? order by due_at, id limit ?`;
    return this.#prepare(sql).all(now, limit) as unknown as Notification[];
  }

  /** One attempt is over: `retryAt` null ends the matter. */
  recordAttempt(id: number, delivered: boolean, retryAt: number | null): void {
    const outcome = delivered ? 'delivered' : retryAt === null ? 'given_up' : 'due';
    const sql = 'update notifications set attempts = attempts + 1, due_at = ?, outcome = ? where id = ?';
    this.#prepare(sql).run(delivered ? null : retryAt, outcome, id);
  }

  #prepare(sql: string): ReturnType<DatabaseSync['prepare']> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function chargeOf(found: unknown): Charge | null {
  if (found === undefined) return null;
  const { planOutcome, planAt, planLate, ...row } = found as ChargeRow;
  return {
    ...row,
    amount: amountFromJson(row.amount),
    amountAuthorized: amountFromJson(row.amountAuthorized),
    amountCaptured: amountFromJson(row.amountCaptured),
    amountRefunded: amountFromJson(row.amountRefunded),
    plan: planOutcome === null || planAt === null ? null : { outcome: planOutcome, at: planAt, late: planLate === 1 },
  };
}

function refundOf(found: unknown): Refund | null {
  if (found === undefined) return null;
  const { planState, planAt, ...row } = found as RefundRow;
  return {
    ...row,
    amount: amountFromJson(row.amount),
    plan: planState === null || planAt === null ? null : { state: planState, at: planAt },
  };
}
