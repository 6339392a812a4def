import { createHash } from 'node:crypto';
import { runOnce } from '../idempotency/run-once.ts';
import type { TenantCaller } from '../kernel/caller.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import type { EndpointAnswer, IdempotencyClaim } from '../platform/http/bind-endpoint.ts';
import { addLaneWork } from '../platform/lanes.ts';
import { type OpenAccount, openOwnAccount } from '../provider-accounts/open-provider-account.ts';
import type { SettlementLine } from '../providers/provider-settlement.ts';
import type { TenantClock } from '../test-clocks/test-clock.ts';
import { newReconciledAccount } from './account.ts';
import { newListing } from './collect-listing.ts';
import type { AccountPlace, ReconciliationContext } from './context.ts';
import { extendCoverage } from './extend-coverage.ts';
import { type Layout, parseStatement } from './parse-statement.ts';
import { type StatementObject, statementJson } from './reconciliation-json.ts';
import type { Statement } from './statement.ts';
import { lockReconciled, updateReconciled } from './store-accounts.ts';
import { countNewLines, insertStatement, selectUpload } from './store-statements.ts';
import { takeLines } from './take-lines.ts';
import { type Told, tell } from './write-findings.ts';

/** A file, or a period of a provider's listing. */
export type StatementRequest =
  | ({
      readonly source: 'upload';
      readonly providerAccountId: string;
      readonly name?: string | undefined;
      readonly csv: string;
    } & Layout)
  | {
      readonly source: 'listing';
      readonly providerAccountId: string;
      readonly from: string;
      readonly to?: string | undefined;
    };

/**
 * Takes a statement: a file with all its lines, or a period to be listed. It is compared by the account's lane, at once.
 * The same file twice is the same statement. A file with one bad line is refused whole.
 * @throws Problem no_provider_account, not_supported_by_provider, validation_failed, idempotency_key_reused
 */
export async function createStatement(
  context: ReconciliationContext,
  caller: TenantCaller,
  request: StatementRequest,
  idempotency: IdempotencyClaim | null,
): Promise<EndpointAnswer<StatementObject>> {
  const { tenantId, mode } = caller;
  const open = await openNamedAccount(context, caller, request.providerAccountId);
  const place: AccountPlace = { tenantId, mode, providerAccountId: request.providerAccountId };
  const clock = await context.tenantClocks.of(tenantId, mode);
  const prepared = prepare(open, request, context.clock.now());
  let told: Told | null = null;
  const answer = await runOnce(context, { tenantId, mode, route: 'createStatement' }, idempotency, async (tx) => {
    const stored = await store(tx, place, prepared, { now: context.clock.now(), clock, lists: canList(open) });
    told = stored.told;
    return { status: 201, body: statementJson(stored.statement) };
  });
  if (told !== null) tell(context, told);
  return answer;
}

async function openNamedAccount(
  context: ReconciliationContext,
  caller: TenantCaller,
  providerAccountId: string,
): Promise<OpenAccount> {
  try {
    return await openOwnAccount(context, caller, providerAccountId);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'not_found') throw error;
    throw new Problem('no_provider_account', 'There is no such provider account.', {
      errors: [{ pointer: '/providerAccountId', detail: 'Must be the id of a provider account of this mode' }],
    });
  }
}

function canList({ provider }: OpenAccount): boolean {
  return provider.listSettlement !== undefined;
}

type Prepared =
  | {
      readonly source: 'upload';
      readonly name: string | null;
      readonly hash: string;
      readonly lines: readonly SettlementLine[];
    }
  | { readonly source: 'listing'; readonly from: Temporal.Instant; readonly to: Temporal.Instant };

function prepare(open: OpenAccount, request: StatementRequest, now: Temporal.Instant): Prepared {
  if (request.source === 'upload') {
    const { csv, delimiter, amounts, columns, kinds, name = null } = request;
    const parsed = parseStatement(csv, { delimiter, amounts, columns, kinds });
    if (parsed.kind === 'refused') throw new Problem('validation_failed', undefined, { errors: parsed.errors });
    const hash = createHash('sha256')
      .update(JSON.stringify([csv, delimiter, amounts, columns, kinds]))
      .digest('hex');
    return { source: 'upload', name, hash, lines: parsed.lines };
  }
  if (!canList(open)) {
    throw new Problem('not_supported_by_provider', 'This provider lists no settlements; upload its statement.', {
      errors: [{ pointer: '/source', detail: 'Must be upload at this provider' }],
    });
  }
  const from = Temporal.Instant.from(request.from);
  const to = request.to === undefined ? now : Temporal.Instant.from(request.to);
  if (Temporal.Instant.compare(from, to) >= 0 || Temporal.Instant.compare(to, now) > 0) {
    throw new Problem('validation_failed', undefined, {
      errors: [{ pointer: '/to', detail: 'Must be after from, and not in the future' }],
    });
  }
  return { source: 'listing', from, to };
}

interface Circumstances {
  readonly now: Temporal.Instant;
  readonly clock: TenantClock;
  /** Whether the account's statements come by listing as a rule. */
  readonly lists: boolean;
}

async function store(
  tx: Queryable,
  place: AccountPlace,
  prepared: Prepared,
  { now, clock, lists }: Circumstances,
): Promise<{ readonly statement: Statement; readonly told: Told | null }> {
  const account = await lockReconciled(tx, newReconciledAccount(place, now));
  const { tenantId, providerAccountId: laneId } = place;
  await addLaneWork(tx, [{ kind: 'reconcile', laneId, tenantId, dueAt: now }]);
  if (prepared.source === 'listing') {
    const listing = newListing(place, { ...prepared, automatic: false }, now);
    await insertStatement(tx, listing);
    return { statement: listing, told: null };
  }
  const known = await selectUpload(tx, place, prepared.hash);
  if (known !== null) return { statement: known, told: null };
  const statement = newUpload(place, prepared, now);
  await insertStatement(tx, statement);
  const taken = await takeLines(tx, { ...place, statementId: statement.statementId }, prepared.lines, { now, clock });
  await countNewLines(tx, statement, taken.added);
  // Beside a listing a file is an extra, and says nothing of how far the listing has come.
  if (!lists || account.listing === 'off') await updateReconciled(tx, extendCoverage(account, statement, clock.now()));
  return { statement: { ...statement, linesNew: taken.added }, told: taken.told };
}

function newUpload(
  place: AccountPlace,
  { name, hash, lines }: Prepared & { readonly source: 'upload' },
  now: Temporal.Instant,
): Statement {
  const times = lines.map(({ occurredAt }) => occurredAt).sort(Temporal.Instant.compare);
  return {
    ...place,
    statementId: newId('st', { now: () => now }),
    source: 'upload',
    automatic: false,
    name,
    contentHash: hash,
    status: 'matching',
    periodFrom: times[0] ?? now,
    periodTo: times.at(-1) ?? now,
    cursor: null,
    pages: 1,
    tries: 0,
    dueAt: null,
    lastError: null,
    lines: lines.length,
    linesNew: 0,
    createdAt: now,
    updatedAt: now,
  };
}
