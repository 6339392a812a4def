import type { KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Queryable } from '../platform/database.ts';
import { forInstallation } from '../platform/tenant-scope.ts';
import { checkpointFiles } from './checkpoint-folder.ts';
import type { AuditFinding } from './finding.ts';
import { selectCheckpointsAfter } from './store-checkpoints.ts';
import { verifyChains } from './verify-chains.ts';
import { verifyCheckpoints } from './verify-checkpoints.ts';

interface VerifyOptions {
  /** null: every chain. */
  readonly tenantId: string | null;
  /** A file or a folder; null: the copies in the database itself, which its owner could have changed along. */
  readonly checkpoints: string | null;
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly now: Temporal.Instant;
}

export interface AuditVerification {
  readonly entries: number;
  readonly checkpoints: number;
  /** The first fault of each chain, and of the checkpoints. */
  readonly findings: readonly AuditFinding[];
}

/**
 * Proves the record: every chain from its beginning to its head, and every checkpoint against it. In one snapshot, so that
 * it may be done while the gateway works; in pieces, so that memory does not grow with the record.
 */
export function verifyAudit(db: Queryable, options: VerifyOptions): Promise<AuditVerification> {
  return forInstallation('sweep', () => verify(db, options));
}

async function verify(db: Queryable, options: VerifyOptions): Promise<AuditVerification> {
  const { tenantId, checkpoints, keys, now } = options;
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (snapshot) => {
      const chains = await verifyChains(snapshot, { tenantId, now });
      const lines = checkpoints === null ? storedLines(snapshot) : fileLines(checkpoints);
      const signed = await verifyCheckpoints(snapshot, { lines, keys, tenantId, now });
      const findings = [...chains.findings, ...signed.findings];
      return { entries: chains.entries, checkpoints: signed.checkpoints, findings };
    });
}

const LINES_AT_ONCE = 200;

async function* storedLines(db: Queryable): AsyncGenerator<string> {
  for (let number = 0; ; ) {
    const next = await selectCheckpointsAfter(db, number, LINES_AT_ONCE);
    if (next.length === 0) return;
    for (const one of next) yield one.line;
    number = next.at(-1)?.number ?? number;
  }
}

async function* fileLines(path: string): AsyncGenerator<string> {
  const files = (await stat(path)).isDirectory() ? await checkpointFiles(path) : [path];
  for (const file of files) {
    yield* createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  }
}
