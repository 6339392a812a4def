import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ReceiverOrder, ReceiverReady, ReceiverReport } from './webhook-receiver.ts';

/** The receivers' process, listening. */
export interface ReceiverProcess {
  readonly pid: number;
  readonly url: string;
  readonly secureUrl: string;
  /** What came since this was last asked. */
  report(order: ReceiverOrder): Promise<ReceiverReport>;
  stop(): Promise<void>;
}

/** Starts it on free ports. @throws Error where it ends before it listens */
export async function startReceivers(): Promise<ReceiverProcess> {
  const child = fork(fileURLToPath(new URL('./webhook-receiver.ts', import.meta.url)));
  const ended = once(child, 'exit');
  const heard = async (): Promise<unknown> => {
    const message = await Promise.race([once(child, 'message'), ended.then(() => null)]);
    if (message === null) throw new Error('The receivers ended');
    return message[0];
  };
  const { url, secureUrl } = (await heard()) as ReceiverReady;
  return {
    ...{ pid: child.pid ?? 0, url, secureUrl },
    async report(order) {
      const answer = heard();
      child.send(order);
      return (await answer) as ReceiverReport;
    },
    async stop() {
      child.kill();
      await ended;
    },
  };
}
