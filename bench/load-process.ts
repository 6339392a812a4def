import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadResult, LoadWindow } from './load-driver.ts';

/** The load driver, running. One for a whole run, so that it is as warm in the last window as in the second. */
export interface LoadProcess {
  readonly pid: number;
  /** @throws Error where the driver died */
  run(window: LoadWindow): Promise<LoadResult>;
  stop(): Promise<void>;
}

/** Starts the driver's process. */
export function startLoad(): LoadProcess {
  const child = fork(fileURLToPath(new URL('./load-driver.ts', import.meta.url)));
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    async run(window) {
      const answer = once(child, 'message');
      child.send(window);
      const first = await Promise.race([answer, ended.then(() => null)]);
      if (first === null) throw new Error('The load driver ended');
      return first[0] as LoadResult;
    },
    async stop() {
      if (child.exitCode === null) child.kill();
      await ended;
    },
  };
}

/** Runs a window of load. @throws Error where a request was not answered with success */
export async function runLoad(load: LoadProcess, window: LoadWindow): Promise<LoadResult> {
  const result = await load.run(window);
  if (Object.keys(result.failures).length > 0) {
    throw new Error(`Requests were not answered with success: ${JSON.stringify(result.failures)}`);
  }
  return result;
}
