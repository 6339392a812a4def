import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { BaselineJob, BaselineResult } from './baseline-driver.ts';
import type { BaselineRows } from './baseline-rows.ts';

/** How one transaction writes a payment's rows. */
export type BaselineKind = 'five statements' | 'one statement';

export interface BaselineWindow {
  readonly kind: BaselineKind;
  readonly rows: BaselineRows;
  readonly databaseUrl: string;
  readonly clients: number;
  readonly seconds: number;
  /** Below every key of the window; windows must not share keys. */
  readonly firstKey: number;
}

export type BaselineTool = 'pgbench' | 'own driver';

/** Keys of different clients never meet: client c counts c, c + 1000, c + 2000 and so on. */
const KEY_STEP = 1_000;

/** Which program writes the baseline: pgbench where it is found and not refused. */
export async function chooseBaseline(wanted: 'pgbench' | 'own'): Promise<BaselineTool> {
  if (wanted === 'own') return 'own driver';
  const probe = spawn('pgbench', ['--version'], { stdio: 'ignore' });
  return Promise.race([
    once(probe, 'error').then((): BaselineTool => 'own driver'),
    once(probe, 'exit').then(([code]): BaselineTool => (code === 0 ? 'pgbench' : 'own driver')),
  ]);
}

/** Writes rows one payment a transaction for the window. @throws Error where a transaction failed */
export function runBaseline(tool: BaselineTool, window: BaselineWindow): Promise<BaselineResult> {
  return tool === 'pgbench' ? runPgbench(window) : runDriver(window);
}

/** The statements of one transaction, with parameters as `render` writes them. */
function transactionOf({ kind, rows }: BaselineWindow, render: (text: string) => string): readonly string[] {
  return kind === 'one statement' ? [render(rows.combined)] : ['begin', ...rows.inserts.map(render), 'commit'];
}

async function runPgbench(window: BaselineWindow): Promise<BaselineResult> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-pgbench-'));
  try {
    const script = join(folder, 'script.sql');
    const count = `\\set i :i + 1\n\\set n ${window.firstKey} + :client_id + :i * ${KEY_STEP}\n`;
    const statements = transactionOf(window, (text) => text.replace(/\{(\w+)\}/g, ':$1'));
    await writeFile(script, `${count}${statements.map((text) => `${text};\n`).join('')}`);
    const defined = Object.entries({ i: '0', ...window.rows.values }).flatMap(([name, value]) => [
      '-D',
      `${name}=${value}`,
    ]);
    const { clients, seconds } = window;
    const run = [
      '-n',
      '-M',
      'prepared',
      '-c',
      String(clients),
      '-j',
      String(Math.min(clients, 2)),
      '-T',
      String(seconds),
    ];
    const log = ['-l', `--log-prefix=${join(folder, 'log')}`];
    const output = await outputOf(
      'pgbench',
      [...run, ...log, '-f', script, ...defined],
      connectionOf(window.databaseUrl),
    );
    return await readPgbench(output, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** By environment and not by argument, since everybody on the machine can read arguments. */
function connectionOf(url: string): Record<string, string | undefined> {
  const { host, port, user, password, database } = new pg.Client({ connectionString: url });
  const known = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
  return { PATH: process.env.PATH, ...known, ...(password == null ? {} : { PGPASSWORD: password }) };
}

async function outputOf(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0 || /aborted/.test(errors)) throw new Error(`${program} failed: ${errors.slice(0, 2_000)}`);
  return output;
}

/** The log has one line a transaction; its third word is the latency in microseconds. */
async function readPgbench(output: string, folder: string): Promise<BaselineResult> {
  const perSecond = Number(/^tps = ([\d.]+)/m.exec(output)?.[1] ?? Number.NaN);
  const failed = Number(/^number of failed transactions: (\d+)/m.exec(output)?.[1] ?? 0);
  if (failed > 0 || Number.isNaN(perSecond)) throw new Error(`pgbench had ${failed} failed transactions`);
  const logs = (await readdir(folder)).filter((name) => name.startsWith('log'));
  const lines = (await Promise.all(logs.map((name) => readFile(join(folder, name), 'utf8')))).join('').split('\n');
  const latenciesMs = lines.filter((line) => line !== '').map((line) => Number(line.split(' ')[2]) / 1_000);
  return { perSecond, latenciesMs };
}

async function runDriver(window: BaselineWindow): Promise<BaselineResult> {
  const { databaseUrl, clients, seconds, firstKey, rows } = window;
  const statements = transactionOf(window, (text) => text).map(numbered);
  const settings = { databaseUrl, clients, seconds, firstKey, keyStep: KEY_STEP };
  const job: BaselineJob = { ...settings, values: rows.values, statements };
  const child = fork(fileURLToPath(new URL('./baseline-driver.ts', import.meta.url)));
  const ended = once(child, 'exit');
  child.send(job);
  const first = await Promise.race([once(child, 'message'), ended.then(() => null)]);
  await ended;
  if (first === null) throw new Error('A transaction of the baseline failed');
  return first[0] as BaselineResult;
}

/** Parameters as PostgreSQL itself writes them. */
function numbered(text: string): BaselineJob['statements'][number] {
  const names = [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))];
  return { text: text.replace(/\{(\w+)\}/g, (_, name: string) => `$${names.indexOf(name) + 1}`), names };
}
