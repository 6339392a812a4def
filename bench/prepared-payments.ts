import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Clock } from '../src/kernel/clock.ts';
import { newId } from '../src/kernel/id.ts';
import type { Attempt } from '../src/payments/attempt.ts';
import { sampleAttempt } from '../src/payments/payment-fixture.ts';
import { attemptToRow } from '../src/payments/rows.ts';
import { insertPayments } from '../src/payments/store-new-payments.ts';
import type { Queryable } from '../src/platform/database.ts';
import { recordset } from '../src/platform/recordset.ts';
import type { Window } from './measure.ts';
import { newPayment } from './new-payment.ts';

/** An attempt that was sent and of which nothing has been heard. */
export interface OpenAttempt {
  readonly paymentId: string;
  readonly attemptId: string;
}

/** As long as the sealed request of a small payment. */
const REQUEST_BYTES = 450;
const PREPARED_AT_ONCE = 200;
/** Ten times what one client and twice what many got when this was written; a window ends early where it runs out. */
const PER_CLIENT_A_SECOND = 1_000;

/** How many payments to make for a window in which at most so many a second are used up. */
export function paymentsNeeded(
  { clients, seconds }: Pick<Window, 'clients' | 'seconds'>,
  perSecondMax: number,
): number {
  return Math.ceil(seconds * Math.min(clients * PER_CLIENT_A_SECOND, perSecondMax));
}

/** Makes payments that wait to be paid. Returns their ids. */
export async function prepareCreated(
  db: Queryable,
  clock: Clock,
  tenantId: string,
  count: number,
): Promise<readonly string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const items = Array.from({ length: Math.min(PREPARED_AT_ONCE, count - ids.length) }, () => {
      const item = newPayment(clock, tenantId);
      // Answers open the customer, and these bytes were not sealed by anybody.
      return { ...item, payment: { ...item.payment, customer_sealed: null } };
    });
    await insertPayments(db, items);
    ids.push(...items.map(({ payment }) => payment.payment_id));
  }
  return ids;
}

/** Makes payments whose attempt is under way. */
export async function prepareAttempts(
  db: Queryable,
  clock: Clock,
  tenantId: string,
  count: number,
  /** Of another provider account than the one that payments made for a benchmark have. */
  of: Partial<Pick<Attempt, 'providerAccountId'>> = {},
): Promise<readonly OpenAttempt[]> {
  const made: OpenAttempt[] = [];
  while (made.length < count) {
    const items = Array.from({ length: Math.min(PREPARED_AT_ONCE, count - made.length) }, () => {
      const attemptId = newId('att', clock);
      const item = newPayment(clock, tenantId);
      const payment = { ...item.payment, status: 'processing', open_attempt_id: attemptId, last_attempt_id: attemptId };
      return { ...item, payment };
    });
    const open = items.map(({ payment }) => ({ paymentId: payment.payment_id, attemptId: payment.last_attempt_id }));
    await insertPayments(db, items);
    await insertAttempts(db, clock, { ...of, tenantId }, open);
    made.push(...open);
  }
  return made;
}

async function insertAttempts(
  db: Queryable,
  clock: Clock,
  of: Pick<Attempt, 'tenantId'> & Partial<Pick<Attempt, 'providerAccountId'>>,
  open: readonly OpenAttempt[],
): Promise<void> {
  const now = clock.now();
  const rows = open.map((ids) => {
    const times = { createdAt: now, updatedAt: now, syncDueAt: now.add({ seconds: 35 }) };
    return attemptToRow(sampleAttempt({ ...ids, ...times, ...of, requestSealed: randomBytes(REQUEST_BYTES) }));
  });
  await sql`insert into attempts select r.* from ${recordset('attempts', rows)} r`.execute(db);
}
