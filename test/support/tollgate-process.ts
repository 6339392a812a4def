import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMAND = fileURLToPath(new URL('../../bin/tollgate.ts', import.meta.url));
const run = promisify(execFile);

type Environment = Readonly<Record<string, string>>;

/** How a command ended. */
interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What an operator's shell would have, and nothing of the test's own. */
function shell(environment: Environment): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
}

/** Runs a command of the command line to its end. */
export async function runTollgate(args: readonly string[], environment: Environment): Promise<Ended> {
  const options = { cwd: ROOT, env: shell(environment), timeout: 60_000 };
  try {
    return { code: 0, ...(await run(process.execPath, [COMMAND, ...args], options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    return { code: typeof code === 'number' ? code : Number.NaN, stdout, stderr };
  }
}

/** `npm start` as somebody in a terminal has it: a process group of its own. */
export interface StartedByNpm {
  /** The first line of standard output that begins with a brace. */
  readonly ready: Readonly<Record<string, string>> & {
    readonly tenant: Readonly<Record<'id' | 'appName' | 'appSecret' | 'apiKey', string>>;
    readonly operator: Readonly<Record<'apiKey' | 'setupUrl', string>>;
    readonly simulators: readonly Readonly<Record<'provider' | 'providerAccountId' | 'url', string>>[];
  };
  /** Sends SIGTERM to npm and waits for its end. */
  stop(): Promise<void>;
  /** Ends whatever is left; for clean-ups. */
  kill(): void;
}

/** Starts everything and waits for the line that says so. @throws Error with what was said where that line never came */
export async function npmStart(environment: Environment): Promise<StartedByNpm> {
  const child = spawn('npm', ['start', '--', '--json'], {
    cwd: ROOT,
    env: shell(environment),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const ready = JSON.parse(await firstJsonLine(child));
  return {
    ready,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
    kill: () => killGroup(child),
  };
}

function firstJsonLine({ stdout, stderr, ...child }: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    stderr?.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    stdout?.on('data', (chunk: Buffer) => {
      said += chunk;
      const line = /^\{.*(?=\n)/m.exec(said)?.[0];
      if (line !== undefined) resolve(line);
    });
    stdout?.on('end', () => reject(new Error(`npm start (${child.pid}) ended without being ready: ${said}`)));
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

/** The command lines of running processes that name a folder, each with its number first. */
export async function processesNaming(folder: string): Promise<readonly string[]> {
  const { stdout } = await run('ps', ['-ww', '-eo', 'pid,args']);
  return stdout.split('\n').filter((line) => line.includes(folder));
}

/** Ends what a test that failed left behind. */
export async function endProcessesNaming(folder: string): Promise<void> {
  for (const line of await processesNaming(folder)) {
    try {
      process.kill(Number.parseInt(line, 10), 'SIGQUIT');
    } catch {
      // It was ending by itself.
    }
  }
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const probes = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(probes.map((probe) => once(probe, 'listening')));
  const ports = probes.map((probe) => {
    const address = probe.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(probes.map((probe) => once(probe.close(), 'close')));
  return ports;
}
