import type { Clock } from '../kernel/clock.ts';
import { amountFromJson } from '../kernel/money.ts';
import { Problem } from '../kernel/problem.ts';
import { noteAct } from '../platform/act.ts';
import type { Queryable } from '../platform/database.ts';
import { findQrCodeLocked } from './find-qr-code.ts';
import { amountRule, type QrCode, qrCodeStatus } from './qr-code.ts';
import { type Owner, saveQrCode } from './store.ts';

interface AmountChange {
  readonly amount: number;
  /** What the tenant has read; a code that was changed since is left alone. */
  readonly version?: number | undefined;
}

/**
 * Changes the amount in the caller's transaction, which waits for a use that is just being taken: that one keeps the
 * amount it has seen.
 * @throws Problem not_found, validation_failed, state_conflict
 */
export async function changeAmount(
  tx: Queryable,
  owner: Owner,
  qrCodeId: string,
  { clock, change }: { readonly clock: Clock; readonly change: AmountChange },
): Promise<QrCode> {
  const code = await findQrCodeLocked(tx, owner, qrCodeId);
  if (change.version !== undefined && change.version !== code.version) {
    throw new Problem('state_conflict', 'The code was changed since you read it. Read it again.', {
      members: { version: code.version },
    });
  }
  refuseUnlessActive(code, clock.now());
  const amount = amountFromJson(change.amount);
  if (amountRule(code, amount) !== null) {
    const errors = [{ pointer: '/amount', detail: 'Must be from amountMin to amountMax' }];
    throw new Problem('validation_failed', 'Some fields break a rule.', { errors });
  }
  const changed = await save(tx, { ...code, amount }, clock);
  noteAct({ before: { ...code }, after: { ...changed } });
  return changed;
}

/** Takes a code back in the caller's transaction; again changes nothing. @throws Problem not_found, state_conflict */
export async function cancelQrCode(tx: Queryable, owner: Owner, qrCodeId: string, clock: Clock): Promise<QrCode> {
  const code = await findQrCodeLocked(tx, owner, qrCodeId);
  if (code.canceledAt !== null) return code;
  refuseUnlessActive(code, clock.now());
  return save(tx, { ...code, canceledAt: clock.now() }, clock);
}

/** @throws Problem state_conflict where the code is used, expired or canceled */
export function refuseUnlessActive(code: QrCode, now: Temporal.Instant): void {
  const status = qrCodeStatus(code, now);
  if (status !== 'active')
    throw new Problem('state_conflict', `The code is ${status}.`, { members: { qrCodeStatus: status } });
}

async function save(tx: Queryable, code: QrCode, clock: Clock): Promise<QrCode> {
  const changed = { ...code, version: code.version + 1, updatedAt: clock.now() };
  await saveQrCode(tx, changed);
  return changed;
}
