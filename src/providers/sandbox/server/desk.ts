import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../kernel/clock.ts';
import { newId } from '../../../kernel/id.ts';
import { type Charge, type ChargePatch, chargeJson, instantJson, type Refund, refundJson } from './charge.ts';
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

interface News {
  readonly type: `charge.${Charge['state']}` | `refund.${Refund['state']}`;
  readonly url: string;
  readonly refund?: Refund;
  /** Milliseconds by which this one is held back. */
  readonly heldBackMs?: number;
}

/** 128 random bits, so that nobody finds another's charge by trying. */
export function newChargeId(): string {
  return `ch_${randomBytes(16).toString('hex')}`;
}

export function nowMs(desk: Desk): number {
  return desk.clock.now().epochMilliseconds;
}

/** Stores a changed charge together with the notification that tells of it; call inside a transaction. */
export function changeCharge(desk: Desk, charge: Charge, patch: ChargePatch, heldBackMs = 0): Charge {
  const changed: Charge = { ...charge, ...patch, updatedAt: nowMs(desk) };
  desk.store.updateCharge(changed);
  tell(desk, changed, { type: `charge.${changed.state}`, url: changed.notificationUrl, heldBackMs });
  return changed;
}

/** Queues a notification with the charge's totals as they now are; call inside the transaction of the change. */
export function tell(desk: Desk, charge: Charge, news: News): void {
  const now = nowMs(desk);
  const fault: NotificationFault = scenarioOf(charge.token).fault;
  const eventId = newId('evt', desk.clock);
  const body = JSON.stringify({
    id: eventId,
    object: 'event',
    type: news.type,
    createdAt: instantJson(now),
    charge: chargeJson(charge, desk.bankPageUrl(charge.id)),
    refund: news.refund === undefined ? null : refundJson(news.refund, charge),
  });
  const delay = (news.heldBackMs ?? 0) + (fault === 'delayed' ? DELAY_MS.notification : 0);
  desk.store.insertNotification({
    ...{ eventId, chargeId: charge.id, merchantCode: charge.merchantCode, url: news.url, body, fault },
    dueAt: fault === 'dropped' ? null : now + delay,
  });
}
