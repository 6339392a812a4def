import type { Sealer } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import { hashOfLine, signCheckpoint } from './checkpoint.ts';
import type { AuditContext } from './context.ts';
import { openSigningKey } from './signing-key.ts';
import {
  insertCheckpoint,
  type StoredCheckpoint,
  selectGrownChains,
  selectLastCheckpoint,
  tryToSign,
} from './store-checkpoints.ts';

export interface CheckpointContext extends AuditContext {
  readonly sealer: Sealer;
  /** Has somebody outside told of a checkpoint, by the digest of its line, in the transaction that takes it. */
  readonly witness?: (tx: Queryable, checkpoint: WitnessedCheckpoint) => Promise<void>;
}

/** What is enough to tell a line, and with it all lines before it, from any other. */
export interface WitnessedCheckpoint {
  readonly number: number;
  readonly at: Temporal.Instant;
  /** SHA-256 of the line, hex. */
  readonly hash: string;
}

/** A line of some 120 KiB; more chains are signed by more lines. */
const CHAINS_MAX = 1_000;

/**
 * Signs how far the chains have come that have grown since; how many checkpoints that took. Any number of processes may
 * do so at once: one of them signs, the others find nothing to do.
 */
export async function takeCheckpoints(context: CheckpointContext): Promise<number> {
  let taken = 0;
  for (let isFull = true; isFull; ) {
    const chains = await forInstallation('audit', () => takeOne(context));
    if (chains > 0) taken++;
    isFull = chains === CHAINS_MAX;
  }
  return taken;
}

function takeOne(context: CheckpointContext): Promise<number> {
  const { database, clock } = context;
  return database.transaction(async (tx) => {
    if (!(await tryToSign(tx))) return 0;
    const chains = await selectGrownChains(tx, CHAINS_MAX);
    if (chains.length === 0) return 0;
    const last = await selectLastCheckpoint(tx);
    const key = await openSigningKey(context, tx);
    const at = clock.now();
    const number = (last?.number ?? 0) + 1;
    const previous = last === null ? null : hashOfLine(last.line);
    const line = signCheckpoint({ number, at: at.toString(), previous, chains }, key);
    const checkpoint: StoredCheckpoint = { number, at, line };
    await insertCheckpoint(tx, checkpoint, chains);
    await context.witness?.(tx, { number, at, hash: hashOfLine(line) });
    return chains.length;
  });
}
