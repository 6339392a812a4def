import { amountFromJson } from '../../../kernel/money.ts';
import type { Connection } from './connection.ts';
import type { Operation, OperationKind } from './operation.ts';

// STRICT tables give this type its truth; amounts are below 2^53 by the check on every request.
type OperationRow = Omit<Operation, 'amount' | 'final' | 'plan'> & {
  readonly amount: number;
  readonly final: number;
  readonly planState: 'succeeded' | 'failed' | null;
  readonly planAt: number | null;
};

const OPERATION = `select id, kind, charge_id as chargeId, merchant_code as merchantCode, reference,
  content_hash as contentHash, amount, final, notification_url as notificationUrl, state, plan_state as planState,
  plan_at as planAt, created_at as createdAt from operations`;

/** The captures, refunds and reversals of all charges. */
export class OperationStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  byReference(merchantCode: string, kind: OperationKind, reference: string): Operation | null {
    const sql = `${OPERATION} where merchant_code = ? and kind = ? and reference = ?`;
    return operationOf(this.#connection.prepare(sql).get(merchantCode, kind, reference));
  }

  /** Oldest first. */
  ofCharge(chargeId: string): readonly Operation[] {
    const rows = this.#connection.prepare(`${OPERATION} where charge_id = ? order by created_at, rowid`).all(chargeId);
    return rows.flatMap((row) => operationOf(row) ?? []);
  }

  /** The operation of a charge whose plan falls due first; null where there is none. */
  nextPlanned(chargeId: string): Operation | null {
    const sql = `${OPERATION} where charge_id = ? and plan_at is not null order by plan_at, rowid limit 1`;
    return operationOf(this.#connection.prepare(sql).get(chargeId));
  }

  insert(operation: Operation): void {
    const sql = `insert into operations (id, kind, charge_id, merchant_code, reference, content_hash, amount, final,
      notification_url, state, plan_state, plan_at, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    const { id, kind, chargeId, merchantCode, reference, contentHash, amount, final, plan } = operation;
    this.#connection
      .prepare(sql)
      .run(
        ...[id, kind, chargeId, merchantCode, reference, contentHash, amount, final ? 1 : 0],
        ...[operation.notificationUrl, operation.state, plan?.state ?? null, plan?.at ?? null, operation.createdAt],
      );
  }

  /** Whether this is new: the first request of the merchant to be turned away under this reference. */
  turnAway(merchantCode: string, kind: OperationKind, reference: string): boolean {
    const sql = 'insert or ignore into turned_away (merchant_code, kind, reference) values (?, ?, ?)';
    return this.#connection.prepare(sql).run(merchantCode, kind, reference).changes === 1;
  }

  /** What was planned is over, whatever came of it. */
  settle(id: string, state: Operation['state']): void {
    const sql = 'update operations set state = ?, plan_state = null, plan_at = null where id = ?';
    this.#connection.prepare(sql).run(state, id);
  }
}

function operationOf(found: unknown): Operation | null {
  if (found === undefined) return null;
  const { planState, planAt, ...row } = found as OperationRow;
  return {
    ...row,
    amount: amountFromJson(row.amount),
    final: row.final === 1,
    plan: planState === null || planAt === null ? null : { state: planState, at: planAt },
  };
}
