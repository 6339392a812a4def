/** Rotates keys in a process of its own, to be killed; test/crash/keys.test.ts starts it. */
import { ManualClock } from '../../src/kernel/clock.ts';
import { localMasterKey } from '../../src/keys/master-key.ts';
import { masterKeysFrom } from '../../src/keys/master-keys.ts';
import { resealOnce, SETTLE_MS } from '../../src/keys/reseal-values.ts';
import { rewrapDataKeys } from '../../src/keys/rewrap-data-keys.ts';
import { rotateDataKey } from '../../src/keys/rotate-data-key.ts';
import { createSealer } from '../../src/keys/sealer.ts';
import { armCrashPoint } from '../../src/platform/crash-point.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/log.ts';
import type { ArmedPoint } from './gateway-process.ts';

export interface KeysProcessArguments {
  readonly databaseUrl: string;
  /** The primary one first. */
  readonly masterKeys: readonly [string, ...string[]];
  /** What is done: `rotate` gives the tenant's data key a next version, `reseal` ends what a rotation began. */
  readonly steps: readonly ('rotate' | 'reseal' | 'rewrap')[];
  readonly tenantId: string;
  /** When business time begins here. */
  readonly startedAt: string;
  readonly armed: ArmedPoint | null;
}

const given = JSON.parse(process.argv[2] ?? '') as KeysProcessArguments;
const [primary, ...previous] = given.masterKeys;
const masterKeys = masterKeysFrom(localMasterKey(primary), previous.map(localMasterKey));
const database = openDatabase({ url: given.databaseUrl, connectionsMax: 2, applicationName: 'test' });
const clock = new ManualClock(given.startedAt);
const sealer = createSealer(database.query, masterKeys, clock);
const log = createLogger({ level: 'warn', stream: process.stderr });
const context = { database, sealer, clock, log, resealed: () => {} };

/** A pass that finds something is followed by another one, and the last one finds nothing. */
const PASSES = 3;

if (given.armed !== null) armCrashPoint(given.armed.name, given.armed.occurrence);
for (const step of given.steps) {
  if (step === 'rotate') await rotateDataKey(context, given.tenantId);
  else if (step === 'rewrap') await rewrapDataKeys({ db: database.query, masterKeys }, 60_000);
  else await reseal();
}
await database.close();

async function reseal(): Promise<void> {
  for (let pass = 0; pass < PASSES; pass++) {
    while (await resealOnce(context));
    clock.advance({ milliseconds: SETTLE_MS });
  }
}
