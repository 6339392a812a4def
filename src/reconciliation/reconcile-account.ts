import type { OpenAccount } from '../provider-accounts/open-provider-account.ts';
import { checkNextMovements, recheckOperations } from './check-operations.ts';
import { collectPage, openNextWindow } from './collect-listing.ts';
import type { AccountPlace, ReconciliationContext } from './context.ts';
import type { UnsettledState } from './line.ts';
import { matchLines } from './match-lines.ts';
import { proveAccount } from './prove-account.ts';
import type { Report } from './report.ts';
import { LISTING_INTERVAL } from './statement.ts';
import { selectReconciled } from './store-accounts.ts';
import { closeStatements, hasStatements, selectCollecting } from './store-statements.ts';

/** Provider calls of one turn: each may take 20 s, and the lane is ours for 120. */
const PAGES_AT_ONCE = 4;

/** Transactions of one kind in one turn: a statement of a year must not outlast the lease. */
const BATCHES_AT_ONCE = 100;

/** What a turn left. */
export interface Turn {
  /** Whether everything that could be done now is done. */
  readonly isDone: boolean;
  /** The proof that was made in the end; empty where the turn is not done. */
  readonly reports: readonly Report[];
}

/**
 * One turn of reconciling an account. Phases, each committed by itself and harmless to repeat: open the next window; read
 * a few pages of what is due; compare the new lines; and once nothing is left of those, look for what should be on a
 * statement by now, look again at what was open, prove the sums, end the statements.
 */
export async function takeTurn(context: ReconciliationContext, open: OpenAccount): Promise<Turn> {
  const { tenantId, providerAccountId, mode } = open.account;
  const place: AccountPlace = { tenantId, providerAccountId, mode };
  await openNextWindow(context, open);
  // Of an account that never had a statement there is nothing to compare, and nothing is missing.
  if (!(await hasStatements(context.database.query, place))) return { isDone: true, reports: [] };
  const isAllRead = await readPages(context, open);
  const isCompared = await matchAll(context, place, 'waiting', BATCHES_AT_ONCE);
  const isChecked = isAllRead && isCompared && (await checkMovements(context, place));
  if (!isChecked) return { isDone: false, reports: [] };
  await matchAll(context, place, 'deferred');
  await matchAll(context, place, 'open');
  for (let after: string | null = ''; after !== null; ) after = await recheckOperations(context, place, after);
  const reports = await proveAccount(context, place);
  // Last: who reads that a statement is reconciled finds everything that came of it.
  await closeStatements(context.database.query, place, context.clock.now());
  return { isDone: true, reports };
}

/** When the account's next turn is due; null: once somebody gives it a statement. */
export async function nextTurnAt(
  context: ReconciliationContext,
  { account, provider }: OpenAccount,
): Promise<Temporal.Instant | null> {
  const db = context.database.query;
  const reconciled = await selectReconciled(db, account);
  const reading = await selectCollecting(db, account);
  const lists = provider.listSettlement !== undefined && reconciled?.listing !== 'off';
  const due = reading.map(({ dueAt }) => dueAt).filter((instant) => instant !== null);
  // The next window waits for the one that is being read, whose own time counts until then.
  if (lists && !reading.some(({ automatic }) => automatic)) {
    due.push((reconciled?.listedUntil ?? account.createdAt).add(LISTING_INTERVAL));
  } else if (!lists && (await hasStatements(db, account))) due.push(context.clock.now().add(LISTING_INTERVAL));
  return due.sort(Temporal.Instant.compare)[0] ?? null;
}

/** Whether nothing is left to be read now. What could not be had is tried again when it is due, and holds up nothing. */
async function readPages(context: ReconciliationContext, open: OpenAccount): Promise<boolean> {
  for (let calls = 0; ; calls++) {
    const now = context.clock.now();
    const [next] = await selectCollecting(context.database.query, open.account);
    if (next === undefined || next.dueAt === null || Temporal.Instant.compare(next.dueAt, now) > 0) return true;
    if (calls === PAGES_AT_ONCE) return false;
    await collectPage(context, open, next);
  }
}

/** Whether no line was left of those in the state; stops after so many batches. */
async function matchAll(
  context: ReconciliationContext,
  place: AccountPlace,
  state: UnsettledState,
  batchesMax = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  let after: string | null = '';
  for (let batches = 0; after !== null && batches < batchesMax; batches++) {
    after = await matchLines(context, place, { state, after });
  }
  return after === null;
}

/** Whether no movement was left to be looked for. */
async function checkMovements(context: ReconciliationContext, place: AccountPlace): Promise<boolean> {
  for (let batches = 0; batches < BATCHES_AT_ONCE; batches++) {
    if (!(await checkNextMovements(context, place))) return true;
  }
  return false;
}
