import { newId } from '../kernel/id.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { type Queryable, violatedConstraint } from '../platform/database.ts';
import type { OpenAccount } from '../provider-accounts/open-provider-account.ts';
import type { SettlementAnswer } from '../providers/provider-settlement.ts';
import { newReconciledAccount, type ReconciledAccount } from './account.ts';
import type { AccountPlace, ReconciliationContext } from './context.ts';
import { extendCoverage } from './extend-coverage.ts';
import { hashOnward, nextPageAt, nextWindow, type Statement } from './statement.ts';
import { lockReconciled, updateReconciled } from './store-accounts.ts';
import { insertStatement, selectCollecting, updateStatement } from './store-statements.ts';
import { takeLines } from './take-lines.ts';
import { type Told, tell } from './write-findings.ts';

/** A new listing: nothing of it is read yet. */
export function newListing(
  place: AccountPlace,
  {
    from,
    to,
    automatic,
  }: { readonly from: Temporal.Instant; readonly to: Temporal.Instant; readonly automatic: boolean },
  now: Temporal.Instant,
): Statement {
  return {
    ...place,
    statementId: newId('st', { now: () => now }),
    source: 'listing',
    automatic,
    name: null,
    contentHash: hashOnward('', []),
    status: 'collecting',
    periodFrom: from,
    periodTo: to,
    cursor: null,
    pages: 0,
    tries: 0,
    dueAt: now,
    lastError: null,
    lines: 0,
    linesNew: 0,
    createdAt: now,
    updatedAt: now,
  };
}

/**
 * Opens the account's next window where it is time for it and none is being read. `force`: whatever the time, for a
 * person who does not want to wait.
 */
export async function openNextWindow(
  context: ReconciliationContext,
  { account, provider }: OpenAccount,
  force = false,
): Promise<void> {
  if (provider.listSettlement === undefined) return;
  const { tenantId, providerAccountId, mode, createdAt: openedAt } = account;
  const place = { tenantId, providerAccountId, mode };
  const now = context.clock.now();
  try {
    await context.database.transaction(async (tx) => {
      const reconciled = await lockReconciled(tx, newReconciledAccount(place, now));
      if (reconciled.listing === 'off' && !force) return;
      const window = nextWindow({ listedUntil: reconciled.listedUntil, openedAt }, now, force);
      if (window === null || (await isReadingAutomatic(tx, place))) return;
      await insertStatement(tx, newListing(place, { ...window, automatic: true }, now));
    });
  } catch (error) {
    if (violatedConstraint(error) !== 'statements_automatic_key') throw error;
  }
}

async function isReadingAutomatic(tx: Queryable, place: AccountPlace): Promise<boolean> {
  return (await selectCollecting(tx, place)).some(({ automatic }) => automatic);
}

/**
 * Asks for the next page of a listing and stores it: lines and cursor in one transaction, so that a process that dies in
 * between asks for the same page again, whose lines are then known. No transaction is open while the provider is asked.
 * Returns whether a page came.
 */
export async function collectPage(
  context: ReconciliationContext,
  open: OpenAccount,
  statement: Statement,
): Promise<boolean> {
  const { account } = open;
  const { cursor } = statement;
  const answer = await askForPage(context, open, statement);
  crashPoint('statement-page-answered');
  if (answer.kind === 'answered' && (answer.nextCursor === null || answer.nextCursor !== cursor)) {
    await storePage(context, account, statement, answer);
    crashPoint('statement-page-stored');
    return true;
  }
  const reason = answer.kind === 'answered' ? 'the list has no end' : answer.reason;
  await postpone(context, statement, reason);
  return false;
}

/** What fails in an adapter is tried again as patiently as what fails at the provider. */
async function askForPage(
  { log }: ReconciliationContext,
  { provider, call }: OpenAccount,
  { statementId, periodFrom: from, periodTo: to, cursor }: Statement,
): Promise<SettlementAnswer> {
  try {
    const query = cursor === null ? { from, to } : { from, to, cursor };
    return (await provider.listSettlement?.(call, query)) ?? NO_LISTING;
  } catch (error) {
    log.error({ statementId, error }, 'A statement could not be read');
    return { kind: 'unknown', reason: 'the answer could not be read' };
  }
}

const NO_LISTING: SettlementAnswer = { kind: 'not_sent', reason: 'this provider lists no settlements' };

async function storePage(
  context: ReconciliationContext,
  { tenantId, providerAccountId, mode }: AccountPlace,
  statement: Statement,
  { lines, nextCursor }: SettlementAnswer & { readonly kind: 'answered' },
): Promise<void> {
  const place = { tenantId, providerAccountId, mode, statementId: statement.statementId };
  const clock = await context.tenantClocks.of(tenantId, mode);
  const now = context.clock.now();
  const told = await context.database.transaction(async (tx): Promise<Told | null> => {
    const account = await lockReconciled(tx, newReconciledAccount(place, now));
    // Another worker may have stored this page: then nothing of ours is written.
    const [current] = (await selectCollecting(tx, place)).filter(
      ({ statementId }) => statementId === place.statementId,
    );
    if (current === undefined || current.pages !== statement.pages) return null;
    const taken = await takeLines(tx, place, lines, { now, clock });
    const isLast = nextCursor === null;
    const next: Statement = {
      ...current,
      status: isLast ? 'matching' : 'collecting',
      cursor: nextCursor,
      pages: current.pages + 1,
      tries: 0,
      dueAt: isLast ? null : now,
      lastError: null,
      lines: current.lines + lines.length,
      linesNew: current.linesNew + taken.added,
      contentHash: hashOnward(current.contentHash, taken.lineHashes),
      updatedAt: now,
    };
    await updateStatement(tx, next, current.pages);
    if (isLast) await updateReconciled(tx, afterListing(account, next));
    return taken.told;
  });
  if (told !== null) tell(context, told);
}

function afterListing(account: ReconciledAccount, statement: Statement): ReconciledAccount {
  // Only windows that follow on each other leave no gap behind them.
  const extended = extendCoverage(account, statement, statement.periodTo);
  if (!statement.automatic) return account.listing === 'daily' ? account : extended;
  return { ...extended, listedUntil: statement.periodTo };
}

async function postpone(context: ReconciliationContext, statement: Statement, reason: string): Promise<void> {
  const { tenantId, providerAccountId, statementId } = statement;
  const now = context.clock.now();
  const tries = statement.tries + 1;
  const again = { ...statement, tries, dueAt: nextPageAt(tries, now), lastError: reason, updatedAt: now };
  await updateStatement(context.database.query, again, statement.pages);
  context.log.warn(
    { tenantId, providerAccountId, statementId, tries, reason },
    'A page of a statement could not be had',
  );
}
