import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type LocalPostgres, startLocalPostgres } from '../../src/platform/embedded-postgres/start-local-postgres.ts';
import type { LogFields } from '../../src/platform/log.ts';

const HOLDER = new URL('./embedded-postgres-holder.ts', import.meta.url).pathname;

type StartOptions = Partial<Parameters<typeof startLocalPostgres>[0]>;

/** Folders and processes of one test file; `settle` after every test, `remove` after the last. */
export class LocalPostgresFixture {
  readonly folder: string;
  /** The data directory that tests share, since initdb is the slow part; each leaves it stopped and sound. */
  readonly dataDir: string;
  /** What was logged since the last `settle`. */
  logged: { readonly level: 'info' | 'warn'; readonly message: string }[] = [];
  readonly #started: LocalPostgres[] = [];
  readonly #holders: ChildProcess[] = [];
  readonly #elsewhere: string[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.dataDir = join(folder, 'data');
  }

  /** The folder is open to other users, since root's servers run as somebody else. */
  static async open(): Promise<LocalPostgresFixture> {
    const folder = await mkdtemp(join(tmpdir(), 'tg-'));
    await chmod(folder, 0o755);
    return new LocalPostgresFixture(folder);
  }

  async start(options: StartOptions = {}): Promise<LocalPostgres> {
    const note = (level: 'info' | 'warn') => (_: LogFields, message: string) => {
      this.logged.push({ level, message });
    };
    const log = { info: note('info'), warn: note('warn') };
    const server = await startLocalPostgres({ dataDir: this.dataDir, log, ...options });
    this.#started.push(server);
    return server;
  }

  /** Starts a server in a process of its own, which leads a process group as one started by a terminal does. */
  hold(dataDir = this.dataDir): ChildProcess {
    const options = { detached: true, stdio: ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit'] };
    const holder = spawn(process.execPath, [HOLDER, dataDir], options);
    this.#holders.push(holder);
    return holder;
  }

  /** A server whose holder was killed. */
  async orphan(): Promise<{ readonly url: string; readonly pid: number }> {
    const holder = this.hold();
    const { url } = await urlOf(holder);
    const pid = await postmasterPid(this.dataDir);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    return { url, pid };
  }

  /** Has a path outside the folder removed as well. */
  also(path: string): void {
    this.#elsewhere.push(path);
  }

  async settle(): Promise<void> {
    for (const holder of this.#holders.splice(0)) holder.kill('SIGKILL');
    await Promise.allSettled(this.#started.splice(0).map((server) => server.stop()));
    const elsewhere = this.#elsewhere.splice(0);
    for (const path of [this.folder, ...elsewhere]) await endServersBelow(path);
    for (const path of elsewhere) await rm(path, { recursive: true, force: true });
    this.logged = [];
  }

  async remove(): Promise<void> {
    await this.settle();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** What a holder says once its server is ready. */
export async function urlOf(holder: ChildProcess): Promise<{ readonly url: string }> {
  const [line] = await once(holder.stdout ?? holder, 'data');
  return JSON.parse(String(line));
}

/** The last statement's first row. */
export async function ask(server: { readonly url: string }, text: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => {});
  await client.connect();
  try {
    const answer = await client.query(text);
    return [answer].flat().at(-1)?.rows[0] ?? {};
  } finally {
    await client.end();
  }
}

/** Waits for a fact. @throws Error where it does not come to pass within 10 s */
export async function until(fact: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await fact())) {
    if (performance.now() > end) throw new Error('It did not come to pass within 10 s');
    await pause(5);
  }
}

/** The number of the process that serves a data directory. */
export async function postmasterPid(dataDir: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8'), 10);
}

/** Whether a process of that number exists. */
export function lives(pid: number): boolean {
  return signal(pid, 0);
}

async function endServersBelow(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const each of [folder, ...names.map((name) => join(folder, name))]) {
    const pid = await postmasterPid(each).catch(() => null);
    if (pid === null) continue;
    // The record is gone, or names a process that never was a server, when the server is.
    for (let tries = 0; tries < 500 && signal(pid, 'SIGQUIT'); tries++) await pause(10);
  }
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
