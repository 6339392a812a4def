import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../platform/database.ts';
import { pause } from '../platform/deadline.ts';
import type { Logger } from '../platform/log.ts';
import { deleteProcess, upsertProcess } from './store.ts';

interface BeatContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

const BEAT_MS = 15_000;
const GONE_HOURS = 24;

/** The version of this program. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** Says every few seconds that this process lives, until `stop`, which takes it off the list. */
export function beat({ database, clock, log }: BeatContext, roles: readonly string[]): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const started = clock.now();
  const own = { process_id: randomUUID(), roles: [...roles], version: VERSION, host: hostname(), started_at: started };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const now = clock.now();
      await upsertProcess(database.query, { ...own, seen_at: now }, now.subtract({ hours: GONE_HOURS })).catch(
        (error: unknown) => log.warn({ error }, 'This process could not say that it lives'),
      );
      await pause(BEAT_MS, stopping.signal);
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
      await deleteProcess(database.query, own.process_id);
    },
  };
}
