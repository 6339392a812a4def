import { hostname, userInfo } from 'node:os';
import type { Mode } from '../kernel/caller.ts';
import type { AuditClass } from '../kernel/endpoint.ts';
import { Act, runAs, writeLast } from '../platform/act.ts';
import type { Queryable } from '../platform/database.ts';
import type { AuditContext } from './context.ts';
import type { AuditDetails, NewEntry } from './entry.ts';
import { appendEntry } from './store.ts';

interface OwnAct {
  /** The tenant's chain, or `system`. */
  readonly tenantId: string;
  readonly mode: Mode | null;
  /** Such as `endpoint.disabled`. */
  readonly action: string;
  /** Without an id: what is made names itself. */
  readonly target: { readonly type: string; readonly id: string | null };
  readonly details?: AuditDetails;
  readonly class?: AuditClass;
}

/** Records what the gateway does by itself, at the end of the transaction that does it. */
export function recordOwnAct(tx: Queryable, at: Temporal.Instant, act: OwnAct): void {
  writeLast(tx, act.tenantId, () => appendEntry(tx, { ...entryOf(act), at, actor: 'gateway', address: null }));
}

/**
 * Runs a command of the command line so that it is recorded with what it commits, by the login of whoever runs it; the
 * machine stands where requests have an address.
 */
export async function recordCommand<T>(
  { database, clock }: Pick<AuditContext, 'database' | 'clock'>,
  act: OwnAct,
  work: () => Promise<T>,
): Promise<T> {
  const who = { actor: `command-line:${login()}`, address: hostname() };
  const entry: NewEntry = { ...entryOf(act), ...who, at: clock.now() };
  const record = new Act(entry.tenantId, (tx, { targetId }) =>
    appendEntry(tx, { ...entry, targetId: entry.targetId ?? targetId ?? null }),
  );
  const result = await runAs(record, work).finally(() => record.end());
  if (!record.isKept) await database.transaction((tx) => appendEntry(tx, { ...entry, outcome: 'unchanged' }));
  return result;
}

/** In containers a number may run that has no name. */
function login(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

function entryOf({ target, details = {}, class: kept = 'change', ...act }: OwnAct) {
  const about = { targetType: target.type, targetId: target.id };
  return { ...act, ...about, class: kept, correlationId: null, outcome: 'done', details } as const;
}
