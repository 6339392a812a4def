import { execFile } from 'node:child_process';
import type { ServerUser } from './server-home.ts';

/**
 * All that PostgreSQL's programs are told of the world. Nothing of our own environment, which holds secrets, and English
 * messages, since some are read by us.
 */
const PROGRAM_ENVIRONMENT: Readonly<Record<string, string>> = { TZ: 'UTC', LC_ALL: 'C', PATH: '/usr/bin:/bin' };

/** How a program is started as the server's user. The working directory is one that every user may enter. */
export function programOptions(user: ServerUser | null): {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
} {
  return { env: PROGRAM_ENVIRONMENT, cwd: '/', ...(user === null ? {} : { uid: user.uid, gid: user.gid }) };
}

/** Runs a program to its end and returns what it printed. @throws Error with what it printed to stderr */
export function runProgram(
  program: string,
  args: readonly string[],
  user: ServerUser | null,
  timeoutMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { ...programOptions(user), timeout: timeoutMs, killSignal: 'SIGKILL' as const };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr.trim() || error.message, { cause: error }));
    });
  });
}
