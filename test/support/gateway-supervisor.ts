import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ArmedPoint, GatewayArguments, GatewayOrder } from './gateway-process.ts';

interface SupervisorOptions {
  /** Ports are chosen here, so that a process comes back where it was. */
  readonly environment: Readonly<Record<string, string>>;
  readonly aheadMs: () => number;
  /** Between a death and the next start. */
  readonly onDeath?: () => Promise<void>;
  /** Once the process answers again. */
  readonly onReturn?: () => Promise<void>;
}

/** A gateway that is started again whenever it dies, on the same ports and with nothing armed any more. */
export interface SupervisedGateway {
  readonly url: string;
  /** What ended each process so far: a signal, or `exit` and a code. */
  readonly deaths: readonly string[];
  /** The end of what it wrote to its log, warnings and worse. */
  readonly log: readonly string[];
  /** Resolves while it runs; rejects where it could not be brought back. */
  whenUp(): Promise<void>;
  /** Resolves once it is dead and its return is under way. */
  kill(): Promise<void>;
  arm(armed: ArmedPoint): Promise<void>;
  /** Tells the process what business time is now; one that is dead learns it when it comes back. */
  moveClock(): Promise<void>;
  close(): Promise<void>;
}

const PROCESS_FILE = new URL('./gateway-process.ts', import.meta.url);
/** Shared by all processes of all runs, since most of a start is compiling. */
const COMPILE_CACHE = join(tmpdir(), 'tollgate-test-compile-cache');
const LOG_LINES_MAX = 200;
/** A process that dies this often before it is ready has a fault that no further start will mend. */
const STARTS_FAILED_MAX = 5;

/** Starts a gateway and stays responsible for it until `close`. */
export async function superviseGateway(options: SupervisorOptions): Promise<SupervisedGateway> {
  const port = await quietPort();
  const environment = {
    ...options.environment,
    PORT: String(port),
    TOLLGATE_INTERNAL_PORT: String(await quietPort()),
  };
  const deaths: string[] = [];
  const log: string[] = [];
  let child: ChildProcess | null = null;
  let closed = false;
  let up = Promise.withResolvers<void>();

  async function keepRunning(): Promise<void> {
    for (let failed = 0; !closed; ) {
      const coming = up;
      const returns = deaths.length > 0;
      const started = launch({ environment, aheadMs: options.aheadMs() }, log);
      child = started;
      const gone = once(started, 'exit');
      if (await isReady(started)) {
        failed = 0;
        started.once('exit', () => {
          // At once, so that nobody who knows of the death finds the process up.
          deaths.push(started.signalCode ?? `exit ${started.exitCode}`);
          up = Promise.withResolvers<void>();
        });
        if (returns) await options.onReturn?.();
        coming.resolve();
        await gone;
        if (!closed) await options.onDeath?.();
      } else {
        await gone;
        failed++;
        if (failed === STARTS_FAILED_MAX) throw new Error(`The gateway does not start:\n${log.join('\n')}`);
      }
    }
  }

  const running = keepRunning().catch((error: unknown) => up.reject(error));
  await up.promise;
  return {
    url: `http://127.0.0.1:${port}`,
    deaths,
    log,
    whenUp: () => up.promise,
    kill: () => endProcess(child),
    arm: (armed) => order(child, { kind: 'arm', armed }),
    moveClock: () => order(child, { kind: 'move_clock', aheadMs: options.aheadMs() }),
    async close() {
      closed = true;
      await endProcess(child);
      await running;
    },
  };
}

function launch(given: GatewayArguments, log: string[]): ChildProcess {
  const child = spawn(process.execPath, [PROCESS_FILE.pathname, JSON.stringify(given)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE },
  });
  child.on('error', () => {});
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.push(line);
      if (log.length > LOG_LINES_MAX) log.shift();
    });
  }
  return child;
}

/** Whether the process came as far as its one line. */
async function isReady(child: ChildProcess): Promise<boolean> {
  if (child.stdout === null) return false;
  const lines = createInterface({ input: child.stdout });
  const [first] = await Promise.race([once(lines, 'line'), once(lines, 'close').then(() => [''])]);
  lines.close();
  child.stdout?.resume();
  return String(first).startsWith('{"ready":true');
}

async function endProcess(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Sends an order and waits until it is carried out, or the process is dead. */
function order(child: ChildProcess | null, wanted: GatewayOrder): Promise<void> {
  return new Promise((resolve) => {
    if (child === null || !child.connected) return resolve();
    const done = (): void => {
      child.off('message', done);
      child.off('exit', done);
      resolve();
    };
    child.on('message', done);
    child.on('exit', done);
    child.send(wanted, (error) => {
      if (error !== null) done();
    });
  });
}

/** Below the ports that systems give to outgoing connections, which could take it while its process is dead. */
async function quietPort(): Promise<number> {
  for (;;) {
    const port = randomInt(18_000, 32_000);
    const probe = createServer();
    probe.listen({ host: '127.0.0.1', port });
    const free = await Promise.race([
      once(probe, 'listening').then(() => true),
      once(probe, 'error').then(() => false),
    ]);
    if (!free) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
