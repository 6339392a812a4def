import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { newMasterKeyText } from '../src/keys/master-key.ts';

/** The gateway as it is shipped, in a process of its own. */
export interface GatewayProcess {
  readonly pid: number;
  readonly apiUrl: string;
  readonly hooksUrl: string;
  readonly internalUrl: string;
  readonly apiKey: string;
  readonly tenantId: string;
  /** Drains and ends it. Returns the path of its processor profile where one was asked for; `remove` takes it away. */
  stop(): Promise<string | null>;
  remove(): Promise<void>;
}

interface GatewayOptions {
  readonly databaseUrl: string;
  readonly roles: string;
  readonly profile: boolean;
  /** Where the sandbox listens; left out where no payment is confirmed. */
  readonly sandboxUrl?: string;
}

const TOLLGATE = fileURLToPath(new URL('../bin/tollgate.ts', import.meta.url));
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 30_000;
const LOG_SHOWN_CHARACTERS = 2_000;

/** Starts `tollgate start` on free ports, logging each request to a file as an installation would. */
export async function startGateway(options: GatewayOptions): Promise<GatewayProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-bench-gateway-'));
  const logFile = join(folder, 'gateway.log');
  const profiling = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
  const child = spawn(process.execPath, [...profiling, TOLLGATE, 'start', '--json'], {
    stdio: ['ignore', 'pipe', openSync(logFile, 'w')],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      DATABASE_URL: options.databaseUrl,
      TOLLGATE_DATA_DIR: folder,
      TOLLGATE_MASTER_KEY: newMasterKeyText(),
      TOLLGATE_ROLES: options.roles,
      TOLLGATE_DEMO: 'true',
      LOG_LEVEL: 'info',
      PORT: '0',
      TOLLGATE_INTERNAL_PORT: '0',
      TOLLGATE_SHOP_PORT: '0',
      TOLLGATE_SANDBOX_PORT: '0',
      // One key at full load, counted as every request is.
      TOLLGATE_RATE_LIMIT_CALLERS: '100000/1',
      TOLLGATE_RATE_LIMIT_ADDRESSES: '100000/1',
      TOLLGATE_RATE_LIMIT_DOMAIN_QUESTIONS: '100000/1',
      ...(options.sandboxUrl === undefined ? {} : { TOLLGATE_SANDBOX_URL: options.sandboxUrl }),
    },
  });
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const { apiUrl, hooksUrl, internalUrl, tenant } = await readyLine(child);
    return {
      pid: child.pid ?? 0,
      apiUrl,
      hooksUrl,
      internalUrl,
      apiKey: tenant.apiKey,
      tenantId: tenant.id,
      remove,
      async stop() {
        await end(child);
        const profile = (await readdir(folder)).find((name) => name.endsWith('.cpuprofile'));
        return profile === undefined ? null : join(folder, profile);
      },
    };
  } catch (error) {
    await end(child);
    console.error((await readFile(logFile, 'utf8')).slice(0, LOG_SHOWN_CHARACTERS));
    await remove();
    throw error;
  }
}

interface ReadyLine {
  readonly apiUrl: string;
  readonly hooksUrl: string;
  readonly internalUrl: string;
  readonly tenant: { readonly id: string; readonly apiKey: string };
}

/** The line is promised by `tollgate start --json`. */
async function readyLine(child: ChildProcess): Promise<ReadyLine> {
  if (child.stdout === null) throw new Error('The gateway has no standard output');
  const limit = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
  try {
    for await (const line of createInterface(child.stdout)) {
      if (line.startsWith('{"ready"')) return JSON.parse(line) as ReadyLine;
    }
  } finally {
    clearTimeout(limit);
  }
  throw new Error('The gateway ended before it was ready');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(limit);
}
