import type { Queryable } from '../platform/database.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import {
  comparePayments,
  comparePostings,
  type Found,
  type PaymentDifference,
  type PaymentRange,
  type PostingDifference,
  preferFreshPlans,
  type StoredBalance,
  selectNextTenant,
  selectRangeEnd,
  selectStoredBalances,
  sumNextTransfers,
  type TransferSum,
} from './store-verification.ts';

export type LedgerProblem =
  /** A stored balance is not what its transfers add up to. */
  | 'wrong_balance'
  /** The debits of a mode and currency are not its credits. */
  | 'unbalanced'
  | 'missing_transfer'
  | 'surplus_transfer'
  | 'wrong_amount'
  /** An amount of a payment is not what its captures, refunds and reversals add up to. */
  | 'wrong_payment';

/** One thing that is not as it must be. Amounts are texts of minor units: what is wrong may be of any size. */
export interface LedgerDifference {
  readonly problem: LedgerProblem;
  readonly tenantId: string;
  /** Where to look: ids and dimensions by name, such as `paymentId` or `account`. */
  readonly at: Readonly<Record<string, string>>;
  readonly expected: string;
  readonly found: string;
}

export interface LedgerVerification {
  readonly tenants: number;
  readonly transfers: number;
  /** How many there are; the list ends at a thousand. */
  readonly differencesFound: number;
  readonly differences: readonly LedgerDifference[];
}

interface VerifyOptions {
  /** Only this one; every tenant unless given. */
  readonly tenantId?: string;
  readonly rowsAtOnce?: number;
}

/** Rows that one statement reads of a table: some tenths of a second, far below the pool's time-out. */
const ROWS_AT_ONCE = 20_000;

/** Enough to see what went wrong; a program must not fill its memory with a million of the same. */
const DIFFERENCES_MAX = 1_000;

/**
 * Proves the ledger from its sources: every balance from the transfers, every posting of a payment from its captures,
 * refunds, reversals and disputes, every amount of a payment from the same. One read-only snapshot of the database,
 * beside which everything else runs on; it goes through tenants, transfers and payments in bounded steps, so that
 * neither memory nor any one statement grows with the ledger. Fees, payouts, reserves and adjustments count into the
 * balances; nothing here says what they should have been.
 */
export function verifyLedger(db: Queryable, options: VerifyOptions = {}): Promise<LedgerVerification> {
  return forInstallation('sweep', () => verify(db, options));
}

async function verify(
  db: Queryable,
  { tenantId, rowsAtOnce = ROWS_AT_ONCE }: VerifyOptions,
): Promise<LedgerVerification> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      await preferFreshPlans(tx);
      const findings = new Findings();
      const walk: Walk = { tx, findings, rowsAtOnce };
      if (tenantId !== undefined) {
        await verifyTenant(walk, tenantId);
        return findings.report();
      }
      for (let next = await selectNextTenant(tx, ''); next !== null; next = await selectNextTenant(tx, next)) {
        await verifyTenant(walk, next);
      }
      return findings.report();
    });
}

/** A difference in one line for a person. */
export function describeDifference({ problem, tenantId, at, expected, found }: LedgerDifference): string {
  const place = Object.entries({ tenantId, ...at }).map(([name, value]) => `${name}=${value}`);
  return `${problem} ${place.join(' ')}: expected ${expected}, found ${found}`;
}

interface Walk {
  readonly tx: Queryable;
  readonly findings: Findings;
  readonly rowsAtOnce: number;
}

class Findings {
  #tenants = 0;
  #transfers = 0;
  #found = 0;
  readonly #differences: LedgerDifference[] = [];

  get room(): number {
    // Never 0: a statement that returns no row cannot say how many there are.
    return Math.max(1, DIFFERENCES_MAX - this.#differences.length);
  }

  countTenant(): void {
    this.#tenants++;
  }

  countTransfers(transfers: number): void {
    this.#transfers += transfers;
  }

  add(differences: readonly LedgerDifference[], total: number = differences.length): void {
    this.#found += total;
    this.#differences.push(...differences.slice(0, DIFFERENCES_MAX - this.#differences.length));
  }

  report(): LedgerVerification {
    return {
      tenants: this.#tenants,
      transfers: this.#transfers,
      differencesFound: this.#found,
      differences: this.#differences,
    };
  }
}

async function verifyTenant(walk: Walk, tenantId: string): Promise<void> {
  const { tx, findings, rowsAtOnce } = walk;
  findings.countTenant();
  await verifyBalances(walk, tenantId);
  for (let after: string | null = ''; after !== null; ) {
    const range: PaymentRange = { tenantId, after, upTo: await selectRangeEnd(tx, tenantId, after, rowsAtOnce) };
    const postings: Found<PostingDifference> = await comparePostings(tx, range, findings.room);
    findings.add(
      postings.rows.map((row) => ofPosting(tenantId, row)),
      postings.total,
    );
    const payments: Found<PaymentDifference> = await comparePayments(tx, range, findings.room);
    findings.add(
      payments.rows.map((row) => ofPayment(tenantId, row)),
      payments.total,
    );
    after = range.upTo;
  }
}

async function verifyBalances({ tx, findings, rowsAtOnce }: Walk, tenantId: string): Promise<void> {
  const recomputed = new Sums();
  for (let after: string | null = ''; after !== null; ) {
    const sums: readonly TransferSum[] = await sumNextTransfers(tx, tenantId, after, rowsAtOnce);
    for (const sum of sums) {
      findings.countTransfers(sum.transfers);
      recomputed.add({ ...sum, account: sum.debit_account, debits: sum.amount, credits: 0n });
      recomputed.add({ ...sum, account: sum.credit_account, debits: 0n, credits: sum.amount });
      findings.add(
        (sum.lost_ids ?? []).map((transferId) => withoutPayment(tenantId, transferId)),
        sum.lost,
      );
    }
    after = sums[0]?.last_transfer_id ?? null;
  }
  const stored = new Sums();
  const byCurrency = new Sums();
  for (const balance of await selectStoredBalances(tx, tenantId)) {
    stored.add(balance);
    byCurrency.add({ ...balance, provider_account_id: '', account: '' });
  }
  findings.add(differencesBetween(tenantId, recomputed, stored));
  findings.add(imbalances(tenantId, byCurrency));
}

/** Sums by account; as many as a tenant has accounts, whatever the number of transfers. */
class Sums {
  readonly #byPlace = new Map<string, StoredBalance>();

  add(sums: StoredBalance): void {
    const place = JSON.stringify([sums.mode, sums.currency, sums.provider_account_id, sums.account]);
    const before = this.#byPlace.get(place) ?? { ...sums, debits: 0n, credits: 0n };
    const debits = before.debits + sums.debits;
    this.#byPlace.set(place, { ...before, debits, credits: before.credits + sums.credits });
  }

  get places(): readonly string[] {
    return [...this.#byPlace.keys()];
  }

  get all(): readonly StoredBalance[] {
    return [...this.#byPlace.values()];
  }

  at(place: string): StoredBalance | undefined {
    return this.#byPlace.get(place);
  }
}

function differencesBetween(tenantId: string, recomputed: Sums, stored: Sums): LedgerDifference[] {
  const places = new Set([...recomputed.places, ...stored.places]);
  return [...places].flatMap((place) => {
    const shouldBe = recomputed.at(place);
    const is = stored.at(place);
    const of = shouldBe ?? is;
    if (of === undefined) return [];
    const { mode, currency, provider_account_id: providerAccountId, account } = of;
    return (['debits', 'credits'] as const).flatMap((side) => {
      const [expected, found] = [shouldBe?.[side] ?? 0n, is?.[side] ?? 0n];
      if (expected === found) return [];
      const at = { mode, currency, providerAccountId, account, side };
      return [{ problem: 'wrong_balance' as const, tenantId, at, expected: `${expected}`, found: `${found}` }];
    });
  });
}

function imbalances(tenantId: string, byCurrency: Sums): LedgerDifference[] {
  return byCurrency.all
    .filter(({ debits, credits }) => debits !== credits)
    .map(({ mode, currency, debits, credits }) => ({
      problem: 'unbalanced',
      tenantId,
      at: { mode, currency },
      expected: `debits ${debits} = credits`,
      found: `credits ${credits}`,
    }));
}

function withoutPayment(tenantId: string, transferId: string): LedgerDifference {
  const expected = 'the payment it belongs to';
  return { problem: 'surplus_transfer', tenantId, at: { transferIds: transferId }, expected, found: 'no payment' };
}

function ofPosting(tenantId: string, row: PostingDifference): LedgerDifference {
  const problem = !row.is_expected
    ? 'surplus_transfer'
    : row.transfers === 0
      ? 'missing_transfer'
      : row.expected === row.posted
        ? 'surplus_transfer'
        : 'wrong_amount';
  const ids = row.transfer_ids.length === 0 ? {} : { transferIds: row.transfer_ids.join(',') };
  const at = { paymentId: row.payment_id, subjectId: row.subject_id, kind: row.kind, place: row.place, ...ids };
  const found = row.transfers > 1 ? `${row.posted} in ${row.transfers} transfers` : `${row.posted}`;
  return { problem, tenantId, at, expected: `${row.expected}`, found };
}

function ofPayment(tenantId: string, row: PaymentDifference): LedgerDifference {
  const at = { paymentId: row.payment_id, mode: row.mode, currency: row.currency, what: row.what };
  return { problem: 'wrong_payment', tenantId, at, expected: `${row.expected}`, found: `${row.found}` };
}
