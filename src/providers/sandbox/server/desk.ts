import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../kernel/clock.ts';
import { newId } from '../../../kernel/id.ts';
import { type Charge, type ChargePatch, chargeJson, instantJson } from './charge.ts';
import { type Dispute, disputeJson } from './dispute.ts';
import { type Operation, operationJson } from './operation.ts';
import { Refusal } from './refusal.ts';
import { DELAY_MS, type NotificationFault, scenarioOf } from './scenario.ts';
import type { SandboxStore } from './store.ts';

/** What the sandbox's verbs work with. */
export interface Desk {
  readonly store: SandboxStore;
  readonly clock: Clock;
  readonly bankPageUrl: (chargeId: string) => string;
  /** Whether notifications may be sent there at all. */
  readonly mayNotify: (url: URL) => boolean;
}

/** What a notification tells, besides the charge as it now is. */
interface News {
  readonly type: string;
  readonly url: string;
  readonly subject?: Readonly<Record<string, unknown>>;
  /** Milliseconds by which this one is held back. */
  readonly heldBackMs?: number;
}

/** `ch_…`, `cp_…`: 128 random bits, so that nobody finds another's by trying. */
export function newObjectId(prefix: string): string {
  return `${prefix}_${randomBytes(16).toString('hex')}`;
}

export function nowMs(desk: Desk): number {
  return desk.clock.now().epochMilliseconds;
}

/** @throws Refusal target_not_allowed */
export function checkTarget(desk: Desk, notificationUrl: string): void {
  if (desk.mayNotify(new URL(notificationUrl))) return;
  throw new Refusal('target_not_allowed', 'This sandbox does not send notifications to that address');
}

/** Stores a changed charge together with the notification that tells of it; call inside a transaction. */
export function changeCharge(desk: Desk, charge: Charge, patch: ChargePatch, heldBackMs = 0): Charge {
  const changed = storeCharge(desk, charge, patch);
  tell(desk, changed, { type: `charge.${changed.state}`, url: changed.notificationUrl, heldBackMs });
  return changed;
}

/** Stores a changed charge without a word; call inside a transaction, and tell of what caused it. */
export function storeCharge(desk: Desk, charge: Charge, patch: ChargePatch): Charge {
  const now = nowMs(desk);
  const changed: Charge = { ...charge, ...patch, updatedAt: now };
  const becameCaptured = changed.state === 'captured' && charge.state !== 'captured';
  const isDisputed = becameCaptured && scenarioOf(charge.token).dispute !== undefined;
  const scheduled = isDisputed ? { ...changed, disputeAt: now + DELAY_MS.dispute } : changed;
  desk.store.updateCharge(scheduled);
  return scheduled;
}

/** Tells of an operation with the charge as it now is; call inside the transaction of the change. */
export function tellOfOperation(desk: Desk, charge: Charge, operation: Operation): void {
  const { kind, state, notificationUrl } = operation;
  const subject = { [kind]: operationJson(operation, charge) };
  tell(desk, charge, { type: `${kind}.${state}`, url: notificationUrl, subject });
}

/** Tells of a dispute with the charge as it now is; call inside the transaction of the change. */
export function tellOfDispute(desk: Desk, charge: Charge, dispute: Dispute): void {
  const subject = { dispute: disputeJson(dispute, charge) };
  tell(desk, charge, { type: `dispute.${dispute.state}`, url: charge.notificationUrl, subject });
}

function tell(desk: Desk, charge: Charge, news: News): void {
  const now = nowMs(desk);
  const fault: NotificationFault = scenarioOf(charge.token).fault;
  const eventId = newId('evt', desk.clock);
  const body = JSON.stringify({
    id: eventId,
    object: 'event',
    type: news.type,
    createdAt: instantJson(now),
    charge: chargeJson(charge, desk.bankPageUrl(charge.id)),
    ...{ capture: null, refund: null, reversal: null, dispute: null },
    ...news.subject,
  });
  const delay = (news.heldBackMs ?? 0) + (fault === 'delayed' ? DELAY_MS.notification : 0);
  desk.store.insertNotification({
    ...{ eventId, chargeId: charge.id, merchantCode: charge.merchantCode, url: news.url, body, fault },
    dueAt: fault === 'dropped' ? null : now + delay,
  });
}
