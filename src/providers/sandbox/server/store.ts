import { amountFromJson } from '../../../kernel/money.ts';
import { type Charge, wakeAt } from './charge.ts';
import { Connection } from './connection.ts';
import { DisputeStore } from './dispute-store.ts';
import { OperationStore } from './operation-store.ts';
import type { NotificationFault, Outcome } from './scenario.ts';

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

const AMOUNTS = [
  'amount',
  'amountAuthorized',
  'amountCaptured',
  'amountCapturePending',
  'amountRefunded',
  'amountReversed',
] as const;
type Amount = (typeof AMOUNTS)[number];

// STRICT tables give this type its truth; amounts are below 2^53 by the check on every request.
type ChargeRow = Omit<Charge, Amount | 'plan'> &
  Readonly<Record<Amount, number>> & {
    readonly planOutcome: Outcome | null;
    readonly planAt: number | null;
    readonly planLate: number;
  };

const CHARGE = `select id, merchant_code as merchantCode, reference, content_hash as contentHash, token, amount, currency,
  capture_method as captureMethod, description, return_url as returnUrl, notification_url as notificationUrl,
  expires_at as expiresAt, state, decline_code as declineCode, amount_authorized as amountAuthorized,
  amount_captured as amountCaptured, amount_capture_pending as amountCapturePending, amount_refunded as amountRefunded,
  amount_reversed as amountReversed, closed_by as closedBy, authorization_expires_at as authorizationExpiresAt,
  dispute_at as disputeAt, plan_outcome as planOutcome, plan_at as planAt, plan_late as planLate,
  created_at as createdAt, updated_at as updatedAt from charges`;
const NOTIFICATION = `select id, event_id as eventId, charge_id as chargeId, merchant_code as merchantCode, url, body,
  fault, attempts from notifications`;

/**
 * Looked at ten times a second. Without `all` SQLite leaves twins out by reading every charge there is in the order of ids,
 * instead of those that are due.
 */
export const CHARGES_TO_WAKE = `select id from charges where wake_at <= :now
  union all select charge_id from operations where plan_at <= :now
  union all select charge_id from disputes where plan_at <= :now limit 200`;

/** The sandbox's own durable memory. */
export class SandboxStore {
  readonly operations: OperationStore;
  readonly disputes: DisputeStore;
  readonly #connection: Connection;

  constructor(dataFile: string) {
    this.#connection = new Connection(dataFile);
    this.operations = new OperationStore(this.#connection);
    this.disputes = new DisputeStore(this.#connection);
  }

  close(): void {
    this.#connection.close();
  }

  /** Runs the work and commits it, to the disk, before returning; rolls back where it throws. */
  transaction<T>(work: () => T): T {
    return this.#connection.transaction(work);
  }

  /** Oldest first; two at most. Empty for a merchant that is not known. */
  secretsOf(merchantCode: string): readonly string[] {
    const sql = 'select secret from merchant_secrets where merchant_code = ? order by id';
    return (this.#connection.prepare(sql).all(merchantCode) as { secret: string }[]).map((row) => row.secret);
  }

  insertMerchant(code: string, now: number): void {
    this.#connection.prepare('insert into merchants (code, created_at) values (?, ?)').run(code, now);
  }

  insertSecret(merchantCode: string, secret: string): void {
    this.#connection
      .prepare('insert into merchant_secrets (merchant_code, secret) values (?, ?)')
      .run(merchantCode, secret);
  }

  deleteSecret(merchantCode: string, secret: string): void {
    this.#connection
      .prepare('delete from merchant_secrets where merchant_code = ? and secret = ?')
      .run(merchantCode, secret);
  }

  chargeById(id: string): Charge | null {
    return chargeOf(this.#connection.prepare(`${CHARGE} where id = ?`).get(id));
  }

  chargeByReference(merchantCode: string, reference: string): Charge | null {
    return chargeOf(
      this.#connection.prepare(`${CHARGE} where merchant_code = ? and reference = ?`).get(merchantCode, reference),
    );
  }

  /** Charges of which something is due: their own change, that of an operation or of a dispute. */
  chargesToWake(now: number): readonly string[] {
    const rows = this.#connection.prepare(CHARGES_TO_WAKE).all({ now }) as { id: string }[];
    return [...new Set(rows.map((row) => row.id))];
  }

  insertCharge(charge: Charge): void {
    const sql = `insert into charges (id, merchant_code, reference, content_hash, token, amount, currency, capture_method,
      description, return_url, notification_url, expires_at, state, created_at, updated_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    const { id, merchantCode, reference, contentHash, token, amount, currency, captureMethod, description } = charge;
    this.#connection
      .prepare(sql)
      .run(
        ...[id, merchantCode, reference, contentHash, token, amount, currency, captureMethod, description],
        ...[
          charge.returnUrl,
          charge.notificationUrl,
          charge.expiresAt,
          charge.state,
          charge.createdAt,
          charge.updatedAt,
        ],
      );
    this.updateCharge(charge);
  }

  updateCharge(charge: Charge): void {
    const sql = `update charges set state = ?, decline_code = ?, amount_authorized = ?, amount_captured = ?,
      amount_capture_pending = ?, amount_refunded = ?, amount_reversed = ?, closed_by = ?, authorization_expires_at = ?,
      dispute_at = ?, plan_outcome = ?, plan_at = ?, plan_late = ?, wake_at = ?, updated_at = ? where id = ?`;
    const { state, declineCode, amountAuthorized, amountCaptured, amountCapturePending, amountRefunded } = charge;
    const { amountReversed, closedBy, authorizationExpiresAt, disputeAt, plan } = charge;
    this.#connection
      .prepare(sql)
      .run(
        ...[state, declineCode, amountAuthorized, amountCaptured, amountCapturePending, amountRefunded, amountReversed],
        ...[closedBy, authorizationExpiresAt, disputeAt],
        ...[plan?.outcome ?? null, plan?.at ?? null, plan?.late === true ? 1 : 0],
        ...[wakeAt(charge), charge.updatedAt, charge.id],
      );
  }

  countCharges(reference: string): number {
    const row = this.#connection.prepare('select count(*) as n from charges where reference = ?').get(reference);
    return (row as { n: number }).n;
  }

  totalsOf(merchantCode: string): readonly Totals[] {
    const sql = `select currency, count(*) as charges, sum(amount_authorized) as amountAuthorized,
      sum(amount_captured) as amountCaptured, sum(amount_refunded) as amountRefunded
      from charges where merchant_code = ? group by currency order by currency`;
    return this.#connection.prepare(sql).all(merchantCode) as unknown as Totals[];
  }

  insertNotification(added: NewNotification): void {
    const sql = `insert into notifications (event_id, charge_id, merchant_code, url, body, fault, due_at, outcome)
      values (?, ?, ?, ?, ?, ?, ?, ?)`;
    const { eventId, chargeId, merchantCode, url, body, fault, dueAt } = added;
    const outcome = dueAt === null ? 'dropped' : 'due';
    this.#connection.prepare(sql).run(eventId, chargeId, merchantCode, url, body, fault, dueAt, outcome);
  }

  dueNotifications(now: number, limit: number): readonly Notification[] {
    const sql = `${NOTIFICATION} where due_at <= ? order by due_at, id limit ?`;
    return this.#connection.prepare(sql).all(now, limit) as unknown as Notification[];
  }

  /** One attempt is over: `retryAt` null ends the matter. */
  recordAttempt(id: number, delivered: boolean, retryAt: number | null): void {
    const outcome = delivered ? 'delivered' : retryAt === null ? 'given_up' : 'due';
    const sql = 'update notifications set attempts = attempts + 1, due_at = ?, outcome = ? where id = ?';
    this.#connection.prepare(sql).run(delivered ? null : retryAt, outcome, id);
  }
}

function chargeOf(found: unknown): Charge | null {
  if (found === undefined) return null;
  const { planOutcome, planAt, planLate, ...row } = found as ChargeRow;
  const amounts = AMOUNTS.map((name) => [name, amountFromJson(row[name])]);
  return {
    ...row,
    ...(Object.fromEntries(amounts) as Record<Amount, bigint>),
    plan: planOutcome === null || planAt === null ? null : { outcome: planOutcome, at: planAt, late: planLate === 1 },
  };
}
