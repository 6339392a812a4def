import { expect } from 'vitest';
import { verifyLedger } from '../../src/ledger/verify-ledger.ts';
import { type Answer, until } from './api-client.ts';
import type { Installation } from './installation.ts';
import { type Merchant, merchantOf } from './merchant.ts';
import { openSandboxAccount } from './sandbox-account.ts';

type Body = Answer['body'];

/** A line of a file in the default layout; what is left out is an empty cell. */
export type FileLine = Readonly<Record<string, string | number>>;

/** A tenant that uploads statements of its sandbox account. */
export interface StatementDesk {
  readonly merchant: Merchant;
  readonly providerAccountId: string;
  /** A paid payment with its only capture and attempt. */
  pay(amount?: number): Promise<{ readonly paymentId: string; readonly captureId: string; readonly attemptId: string }>;
  send(lines: readonly FileLine[], more?: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** Uploads lines and waits until they are compared. Answers the statement. */
  upload(lines: readonly FileLine[]): Promise<Body>;
  /** Has the account looked at again, as it is every day, and waits until that is done. */
  turn(): Promise<void>;
  get(path: string): Promise<Body>;
  exceptions(query?: string): Promise<readonly Body[]>;
  /** `kind state` of each exception of a line or an operation, in alphabetical order. */
  kindsOf(subjectId: string): Promise<readonly string[]>;
  lineIdOf(lineRef: string): Promise<string>;
  transfersOf(subjectId: string): Promise<readonly string[]>;
  /** Fails where the ledger is wrong, or a proof leaves something unexplained. */
  expectSound(): Promise<void>;
}

const COLUMNS = [
  ...['line_ref', 'kind', 'occurred_at', 'currency', 'gross', 'fee', 'net', 'operation_id', 'operation_ref'],
  ...['attempt_id', 'provider_ref', 'available_at', 'payout_ref'],
];

/** The file of lines in the default layout. */
function fileOf(lines: readonly FileLine[]): string {
  const rows = lines.map((line) => COLUMNS.map((column) => line[column] ?? '').join(','));
  return `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}

/** Opens the desk; `now` dates lines that say nothing else. */
export async function openStatementDesk(
  installation: Installation,
  now: () => Temporal.Instant,
): Promise<StatementDesk> {
  const { apiUrl, tenant, database, tollgate } = installation;
  const { tenantId } = tenant.tenant;
  const merchant = merchantOf(apiUrl, tenant.apiKeys.test);
  const { providerAccountId } = await openSandboxAccount(installation);
  const get = async (path: string): Promise<Body> => {
    const answer = await merchant.send('GET', path);
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  };
  const send: StatementDesk['send'] = (lines, more = {}) => {
    const csv = fileOf(lines.map((line) => ({ occurred_at: now().toString(), currency: 'EUR', ...line })));
    return merchant.send('POST', '/statements', { body: { source: 'upload', providerAccountId, csv, ...more } });
  };
  const turn = async (): Promise<void> => {
    await database.run(
      `update lanes set next_due_at = '-infinity', generation = generation + 1
       where kind = 'reconcile' and lane_id = $1`,
      [providerAccountId],
    );
    tollgate.gateway.wakeup.notify('reconcile');
    await until(async () => {
      const [lane] = await database.run<{ due: boolean }>(
        `select next_due_at = '-infinity' or lease is not null as due from lanes where kind = 'reconcile' and lane_id = $1`,
        [providerAccountId],
      );
      return lane?.due === false;
    });
  };
  return {
    ...{ merchant, providerAccountId, get, send, turn },
    async pay(amount = 1250) {
      const { id } = await merchant.pay({ amount });
      const [row] = await database.run<{ capture: string; attempt: string }>(
        'select capture_id as capture, attempt_id as attempt from captures where payment_id = $1',
        [id],
      );
      return { paymentId: String(id), captureId: row?.capture ?? '', attemptId: row?.attempt ?? '' };
    },
    async upload(lines) {
      const { status, body, text } = await send(lines);
      expect(status, text).toBe(201);
      await until(async () => (await get(`/statements/${body.id}`)).status === 'reconciled');
      await turn();
      return get(`/statements/${body.id}`);
    },
    exceptions: async (query = '') => (await get(`/reconciliation-exceptions?limit=100${query}`)).data,
    async kindsOf(subjectId) {
      const rows = await database.run<{ line: string }>(
        `select kind || ' ' || coalesce(resolution, state) as line from reconciliation_exceptions where subject_id = $1`,
        [subjectId],
      );
      return rows.map(({ line }) => line).sort();
    },
    async lineIdOf(lineRef) {
      const [row] = await database.run<{ id: string }>(
        'select line_id as id from statement_lines where tenant_id = $1 and line_ref = $2',
        [tenantId, lineRef],
      );
      return row?.id ?? '';
    },
    async transfersOf(subjectId) {
      const rows = await database.run<{ line: string }>(
        `select kind || ' ' || amount as line from ledger_transfers where tenant_id = $1 and subject_id = $2`,
        [tenantId, subjectId],
      );
      return rows.map(({ line }) => line).sort();
    },
    async expectSound() {
      await turn();
      const { differences } = await verifyLedger(tollgate.gateway.payments.database.query);
      expect(differences).toEqual([]);
      const { data } = await get('/reconciliation-reports?limit=100');
      expect(data).not.toEqual([]);
      for (const report of data) expect(report, JSON.stringify(report)).toMatchObject({ unexplained: 0 });
    },
  };
}
