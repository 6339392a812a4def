import { Problem } from '../kernel/problem.ts';
import type { LimitClaim } from '../limits/claim-limits.ts';
import { isLimitBroken } from '../limits/take-limits.ts';
import { createBatcher } from '../platform/batch.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { violatedConstraint } from '../platform/database.ts';
import type { PaymentContext } from './context.ts';
import { insertPayments, type NewPayment } from './store-new-payments.ts';

/**
 * `passed_over`: nothing was written, because the reference or the key has been used. A Problem: nothing was written,
 * because a limit leaves no room.
 */
type Written = 'written' | 'passed_over' | Problem;

const BATCH_MAX = 100;
/** One that passes a limit makes the others of its statement be written again, each alone. */
const LIMITED_BATCH_MAX = 20;
/** Each lost race means that others took the room and gave it back again. */
const RACES_MAX = 5;

/**
 * Writes new payments, those that arrive while a statement is under way together. Those that take something of limits go
 * by statements of their own, which are undone as a whole where one of them would pass a maximum.
 */
export function createWriteNewPayment(
  context: PaymentContext,
): (item: NewPayment, claims: readonly LimitClaim[]) => Promise<Written> {
  const write = async (items: readonly NewPayment[]): Promise<readonly Written[]> => {
    const placed = await insertPayments(context.database.query, items);
    crashPoint('payment-committed');
    const isWritten = items.map(({ payment }) => placed.has(payment.payment_id));
    const told = items.filter((_, index) => isWritten[index]);
    context.handOver(
      told.map(({ outbox }) => outbox),
      told.map(({ event }) => event),
    );
    return isWritten.map((written) => (written ? 'written' : 'passed_over'));
  };
  const tenantsOf = ({ payment, holds = [] }: NewPayment) => [
    payment.tenant_id,
    ...holds.map(({ basket_tenant_id: owner }) => owner),
  ];
  const writeFree = createBatcher<NewPayment, Written>({ write, tenantsOf, itemsMax: BATCH_MAX });
  const writeLimited = createBatcher<NewPayment, Written>({ write, tenantsOf, itemsMax: LIMITED_BATCH_MAX });
  return async (item, claims) => {
    if (claims.length === 0) return writeFree(item).catch(passedOver);
    for (let races = 0; races < RACES_MAX; races++) {
      // Most that have no room are refused here, where it costs no writing.
      const refusal = await context.limits.refusalOf(item.payment.tenant_id, claims);
      if (refusal !== null) return refusal;
      const written = await writeLimited(item).catch((error) => (isLimitBroken(error) ? null : passedOver(error)));
      if (written !== null) return written;
    }
    return new Problem('unavailable', 'Too many take of the same limit at once.', { retryAfterSeconds: 1 });
  };
}

/** The same key came twice at once with different references: the other one has it. */
function passedOver(error: unknown): Written {
  if (violatedConstraint(error) === 'idempotency_keys_pkey') return 'passed_over';
  throw error;
}
