import { amountFromJson } from '../../../kernel/money.ts';
import type { Connection } from './connection.ts';
import type { Dispute } from './dispute.ts';

type DisputeRow = Omit<Dispute, 'amount' | 'withdrawn' | 'reinstated' | 'plan'> & {
  readonly amount: number;
  readonly withdrawn: number;
  readonly reinstated: number;
  readonly planState: 'won' | 'lost' | null;
  readonly planAt: number | null;
};

const DISPUTE = `select id, charge_id as chargeId, state, amount, reason, evidence_due_at as evidenceDueAt, withdrawn,
  reinstated, evidence_key as evidenceKey, evidence_hash as evidenceHash, plan_state as planState, plan_at as planAt,
  created_at as createdAt, updated_at as updatedAt from disputes`;

/** The disputes of all charges, one at most of each. */
export class DisputeStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  ofCharge(chargeId: string): Dispute | null {
    return disputeOf(this.#connection.prepare(`${DISPUTE} where charge_id = ?`).get(chargeId));
  }

  insert(dispute: Dispute): void {
    const sql = `insert into disputes (id, charge_id, amount, reason, created_at, state, evidence_due_at, withdrawn,
      reinstated, plan_state, plan_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    const { id, chargeId, amount, reason, createdAt, state, evidenceDueAt, withdrawn, reinstated, plan } = dispute;
    this.#connection
      .prepare(sql)
      .run(
        ...[id, chargeId, amount, reason, createdAt, state, evidenceDueAt, withdrawn, reinstated],
        ...[plan?.state ?? null, plan?.at ?? null, dispute.updatedAt],
      );
  }

  update(dispute: Dispute): void {
    const sql = `update disputes set state = ?, withdrawn = ?, reinstated = ?, evidence_key = ?, evidence_hash = ?,
      plan_state = ?, plan_at = ?, updated_at = ? where id = ?`;
    const { id, state, withdrawn, reinstated, evidenceKey, evidenceHash, plan, updatedAt } = dispute;
    this.#connection
      .prepare(sql)
      .run(
        ...[state, withdrawn, reinstated, evidenceKey, evidenceHash],
        ...[plan?.state ?? null, plan?.at ?? null, updatedAt, id],
      );
  }
}

function disputeOf(found: unknown): Dispute | null {
  if (found === undefined) return null;
  const { planState, planAt, ...row } = found as DisputeRow;
  return {
    ...row,
    amount: amountFromJson(row.amount),
    withdrawn: amountFromJson(row.withdrawn),
    reinstated: amountFromJson(row.reinstated),
    plan: planState === null || planAt === null ? null : { state: planState, at: planAt },
  };
}
