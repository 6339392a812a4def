import { membersOf, type Values } from '../../partner-profiles/read-message.ts';
import type { ReceivedNotification } from '../../provider-certification.ts';
import { jsonOf } from '../../read-answer.ts';
import { type PaymentState, wordIn } from '../partner-reports.ts';
import { notificationStep } from './evidence.ts';
import { looseValues } from './exchange.ts';
import type { Findings } from './findings.ts';
import { askQuery, type Stage, type StagedOrder } from './stage.ts';

const POLL_MS = 1_000;
/** Between two questions about an order that somebody is about to pay. */
const QUERY_EVERY_MS = 5_000;
/** For a notification, once the partner itself says that the payment has ended; retries within it are fine. */
const NOTIFICATION_GRACE_MS = 60_000;

/** On copies of notifications that we send to our own address, so that they are not taken for the partner's. */
export const COPY_HEADER = 'x-certification-copy';

/** Whether a notification is no copy of ours. */
export function isTheirs({ request }: ReceivedNotification): boolean {
  return request.headers[COPY_HEADER] === undefined;
}

/** A notification about an order, as far as it can be read; nobody has asked yet whether to believe it. */
export interface ToldOf {
  readonly notification: ReceivedNotification;
  readonly values: Values;
  readonly about: 'payment' | 'refund' | null;
}

/** What has come about an order, oldest first. */
export async function toldOf({ around, profile }: Stage, orderId: string): Promise<readonly ToldOf[]> {
  const all = (await around.inbox?.received()) ?? [];
  return all
    .filter(isTheirs)
    .map((notification) => {
      const values = looseValues(profile, 'ipn', membersOf(jsonOf(notification.request.body)) ?? {});
      return { notification, values, about: wordIn(profile.eventTypes, values.eventType) };
    })
    .filter(({ values }) => values.orderId === orderId);
}

/** The end of a payment that a notification tells. */
export function endTold({ profile }: Stage, { about, values }: ToldOf): PaymentState | null {
  return about === 'payment' ? wordIn(profile.statuses.payment, values.status) : null;
}

/** Waits until a condition holds, or for so long; asks it once more at the end. */
export async function waitUntil({ around }: Stage, limitMs: number, holds: () => Promise<boolean>): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += POLL_MS) {
    if (await holds()) return true;
    await around.pause(POLL_MS);
  }
  return holds();
}

export interface Ended {
  /** The notification that told of the end; null where none came. */
  readonly told: ToldOf | null;
  /** What the partner said when it was asked last; null where it said nothing certain. */
  readonly asked: PaymentState | null;
}

/**
 * Waits for the end of an order: until a notification tells it or, where none can come, the partner says so when asked.
 * A partner that says so, and whose notification does not follow within a minute, is waited for no longer.
 */
export async function waitForEnd(stage: Stage, found: Findings, order: StagedOrder, limitMs: number): Promise<Ended> {
  const { around } = stage;
  let asked: PaymentState | null = null;
  let told: ToldOf | null = null;
  let endSeenMs: number | null = null;
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    told = (await toldOf(stage, order.orderId)).find((one) => isEnd(endTold(stage, one))) ?? null;
    if (told !== null || waitedMs >= limitMs) break;
    if (waitedMs % QUERY_EVERY_MS === 0) asked = await stateOf(stage, found, order, true);
    if (isEnd(asked) && around.inbox === null) break;
    if (isEnd(asked)) endSeenMs ??= waitedMs;
    if (endSeenMs !== null && waitedMs - endSeenMs >= NOTIFICATION_GRACE_MS) break;
    await around.pause(POLL_MS);
  }
  asked = await stateOf(stage, found, order, false);
  if (told !== null) showTold(stage, found, [told]);
  return { told, asked };
}

/** What the partner says of an order when it is asked. */
export async function stateOf(
  stage: Stage,
  found: Findings,
  { orderId }: StagedOrder,
  isQuiet: boolean,
): Promise<PaymentState | null> {
  const { read } = await askQuery(stage, found, orderId, { isQuiet });
  return read.isOk ? wordIn(stage.profile.statuses.query, read.values.status) : null;
}

/** Puts notifications among the evidence of a case. */
export function showTold({ call }: Stage, found: Findings, told: readonly ToldOf[]): void {
  for (const { notification, values } of told) {
    const title = `Notification: ${String(values.eventType ?? '')} ${String(values.status ?? '')}`;
    found.evidence.push(notificationStep(call, title, notification.request, notification.verdict));
  }
}

function isEnd(state: PaymentState | null): boolean {
  return state !== null && state !== 'pending';
}
