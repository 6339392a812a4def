import type { Mode } from '../kernel/caller.ts';

/** Each gathers what happens for a while, an `alarm` only what comes after the first. */
export const MAIL_KINDS = ['delivery_failures', 'endpoint_states', 'alarm'] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

export const MAIL_STATES = ['pending', 'sent', 'failed', 'skipped'] as const;
export type MailState = (typeof MAIL_STATES)[number];

/** `failed`: the server refused it for good, or took it at none of the tries. `skipped`: nobody to tell, or too late. */
export const MAIL_TRANSITIONS: Readonly<Record<MailState, readonly MailState[]>> = {
  pending: ['sent', 'failed', 'skipped'],
  sent: [],
  failed: [],
  skipped: [],
};

/** One piece of news in a mail; no secrets and nothing of a customer's, since it is kept as it is. */
export type MailEntry = Readonly<Record<string, string | number | null>>;

/** What a mail is made of when it goes out. */
export interface MailFacts {
  /** How often each thing happened, by its name. */
  readonly counts: Readonly<Record<string, number>>;
  /** The first of them, ENTRIES_MAX at most. */
  readonly entries: readonly MailEntry[];
}

/** A mail to whoever looks after a tenant. */
export interface Mail {
  readonly tenantId: string;
  readonly mailId: string;
  readonly mode: Mode;
  readonly kind: MailKind;
  /** Whose administrator it is for; null: the tenant's own. */
  readonly productId: string | null;
  readonly facts: MailFacts;
  readonly state: MailState;
  readonly triesMade: number;
  readonly dueAt: Temporal.Instant | null;
  readonly sentAt: Temporal.Instant | null;
  readonly lastError: string | null;
  readonly createdAt: Temporal.Instant;
}

/** Named in a mail; the others are counted. */
export const ENTRIES_MAX = 10;

interface Gathering {
  /** From the first piece of news until the mail goes out; what comes meanwhile joins it. */
  readonly gatherSeconds: number;
  /** Between two mails of one topic. */
  readonly intervalSeconds: number;
}

/** One mail an hour at most about notifications; what endpoints come to is told at once, in one mail for all of them. */
export const GATHERING: Readonly<Record<MailKind, Gathering>> = {
  delivery_failures: { gatherSeconds: 60, intervalSeconds: 3_600 },
  endpoint_states: { gatherSeconds: 15, intervalSeconds: 300 },
  alarm: { gatherSeconds: 0, intervalSeconds: 900 },
};

/** Seconds before each further try: nearly three days in all, within which a server is usually mended. */
const RETRY_DELAYS_S = [60, 300, 900, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400] as const;

/** When to try again after `triesMade` tries; null where it is given up. */
export function nextMailTryAt(triesMade: number, now: Temporal.Instant): Temporal.Instant | null {
  const seconds = RETRY_DELAYS_S[triesMade - 1];
  return seconds === undefined ? null : now.add({ seconds });
}

/** Where mails stood waiting for a server for so long, they are no news any more. */
const STALE_AFTER_HOURS = 7 * 24;

export function isStale(mail: Pick<Mail, 'createdAt'>, now: Temporal.Instant): boolean {
  return now.since(mail.createdAt).total('hours') >= STALE_AFTER_HOURS;
}

/** Two sums of facts as one. */
export function addFacts(one: MailFacts, other: MailFacts): MailFacts {
  const counts: Record<string, number> = { ...one.counts };
  for (const [name, count] of Object.entries(other.counts)) counts[name] = (counts[name] ?? 0) + count;
  return { counts, entries: [...one.entries, ...other.entries].slice(0, ENTRIES_MAX) };
}
