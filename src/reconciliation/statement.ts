import { createHash } from 'node:crypto';
import type { Mode } from '../kernel/caller.ts';

/** A window of a provider's listing, or a file that was given to us. */
export interface Statement {
  readonly tenantId: string;
  readonly statementId: string;
  readonly mode: Mode;
  readonly providerAccountId: string;
  readonly source: 'listing' | 'upload';
  /** Opened by the worker: these windows follow on each other. */
  readonly automatic: boolean;
  readonly name: string | null;
  /** SHA-256 hex: of an upload over file and layout, of a listing over its lines so far. */
  readonly contentHash: string;
  readonly status: StatementStatus;
  readonly periodFrom: Temporal.Instant;
  readonly periodTo: Temporal.Instant;
  /** Where the listing goes on, after so many pages. */
  readonly cursor: string | null;
  readonly pages: number;
  /** How often in a row the next page could not be had, when it is tried again, and why. */
  readonly tries: number;
  readonly dueAt: Temporal.Instant | null;
  readonly lastError: string | null;
  /** Lines it has, and how many of them no statement had brought before. */
  readonly lines: number;
  readonly linesNew: number;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
}

export type StatementStatus = 'collecting' | 'matching' | 'reconciled';

/** reconciled: each line was looked at; exceptions may be open. */
export const STATEMENT_TRANSITIONS: Readonly<Record<StatementStatus, readonly StatementStatus[]>> = {
  collecting: ['matching'],
  matching: ['reconciled'],
  reconciled: [],
};

/** Providers add lines late and date them back; so far each window reaches into the one before. */
const OVERLAP = { hours: 7 * 24 } as const;
/** A provider counts whole seconds perhaps, and its clock may be a little behind ours. */
const CLOCKS_APART = { seconds: 60 } as const;
/** How often a listing is read by itself. */
export const LISTING_INTERVAL = { hours: 24 } as const;

/** The next window of an account, once it is time for it; null until then. */
export function nextWindow(
  account: { readonly listedUntil: Temporal.Instant | null; readonly openedAt: Temporal.Instant },
  now: Temporal.Instant,
  force = false,
): { readonly from: Temporal.Instant; readonly to: Temporal.Instant } | null {
  const { listedUntil, openedAt } = account;
  if (!force && Temporal.Instant.compare((listedUntil ?? openedAt).add(LISTING_INTERVAL), now) > 0) return null;
  const earliest = openedAt.subtract(CLOCKS_APART);
  const overlapping = listedUntil?.subtract(OVERLAP) ?? earliest;
  const from = Temporal.Instant.compare(overlapping, earliest) > 0 ? overlapping : earliest;
  return Temporal.Instant.compare(from, now) < 0 ? { from, to: now } : null;
}

const RETRY_DELAYS_S = [10, 60, 300, 3_600, 21_600] as const;

/** When to ask for a page again that could not be had, after `tries` tries in a row. */
export function nextPageAt(tries: number, now: Temporal.Instant): Temporal.Instant {
  return now.add({ seconds: RETRY_DELAYS_S[Math.min(tries, RETRY_DELAYS_S.length) - 1] ?? RETRY_DELAYS_S[0] });
}

/** The hash of a listing with one page more. */
export function hashOnward(before: string, lineHashes: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([before, ...lineHashes]))
    .digest('hex');
}
