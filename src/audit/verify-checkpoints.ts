import type { KeyObject } from 'node:crypto';
import type { Queryable } from '../platform/database.ts';
import { type Checkpoint, hashOfLine, readCheckpoint } from './checkpoint.ts';
import type { AuditFinding, FindingKind } from './finding.ts';
import { selectCheckpointLine, selectLastCheckpoint } from './store-checkpoints.ts';
import { selectUnlike } from './store-verification.ts';
import { FINDINGS_MAX } from './verify-chains.ts';

interface CheckpointOptions {
  readonly lines: AsyncIterable<string>;
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly tenantId: string | null;
  readonly now: Temporal.Instant;
}

/** A folder is brought up to date within seconds; what is this old and not in it was taken out, or its writer stands still. */
const LAG_MINUTES = 10;

/**
 * Holds signed lines against the record: each must be signed, follow from the one before, be the database's own, and say
 * of every chain what it still says. Lines may come twice, and half a line may stand before the whole of it.
 */
export async function verifyCheckpoints(
  db: Queryable,
  options: CheckpointOptions,
): Promise<{ readonly checkpoints: number; readonly findings: readonly AuditFinding[] }> {
  const walk = new LineWalk(db, options);
  for await (const line of options.lines) if (line !== '') await walk.take(line);
  return walk.end();
}

class LineWalk {
  readonly #db: Queryable;
  readonly #options: CheckpointOptions;
  readonly #findings = new Map<string, AuditFinding>();
  /** What was read so far says that the next line is this one or later. */
  #last: { readonly number: number; readonly line: string } | null = null;
  #half: { readonly text: string; readonly lineNumber: number } | null = null;
  #lines = 0;
  #checkpoints = 0;

  constructor(db: Queryable, options: CheckpointOptions) {
    this.#db = db;
    this.#options = options;
  }

  async take(line: string): Promise<void> {
    this.#lines++;
    const read = readCheckpoint(line, this.#options.keys);
    if (read.kind === 'unreadable') {
      this.#dropHalf('');
      this.#half = { text: line, lineNumber: this.#lines };
      return;
    }
    this.#dropHalf(line);
    if (read.kind !== 'signed') {
      this.#find(read.kind === 'forged' ? 'checkpoint_forged' : 'checkpoint_unknown_key', null, read.number);
      return;
    }
    await this.#follow(read.checkpoint, line);
  }

  async #follow(checkpoint: Checkpoint, line: string): Promise<void> {
    const { number, previous, chains } = checkpoint;
    const known = await selectCheckpointLine(this.#db, number);
    if (known !== line) this.#find('checkpoint_other', null, number);
    const last = this.#last;
    // A line that came before: another process wrote it too.
    if (last !== null && number <= last.number) return;
    this.#checkpoints++;
    if (number !== (last?.number ?? number - 1) + 1) this.#find('checkpoint_missing', null, (last?.number ?? 0) + 1);
    else if (last !== null && previous !== hashOfLine(last.line)) this.#find('checkpoint_other', null, last.number);
    this.#last = { number, line };
    const { tenantId } = this.#options;
    const wanted = tenantId === null ? chains : chains.filter((chain) => chain.tenantId === tenantId);
    for (const unlike of await selectUnlike(this.#db, wanted)) {
      const found = this.#findings.get(unlike.tenantId);
      if (found === undefined)
        this.#find(unlike.isThere ? 'signed_other' : 'signed_missing', unlike.tenantId, unlike.number);
    }
  }

  async end(): Promise<{ readonly checkpoints: number; readonly findings: readonly AuditFinding[] }> {
    this.#dropHalf('');
    const newest = await selectLastCheckpoint(this.#db);
    const number = this.#last?.number ?? 0;
    const isOld =
      newest !== null && Temporal.Instant.compare(newest.at.add({ minutes: LAG_MINUTES }), this.#options.now) < 0;
    if (newest !== null && isOld && number < newest.number) this.#find('checkpoints_end', null, number + 1);
    return { checkpoints: this.#checkpoints, findings: [...this.#findings.values()] };
  }

  /** Half a line is what a crash leaves where the whole one follows; by itself it is a fault. */
  #dropHalf(whole: string): void {
    const half = this.#half;
    this.#half = null;
    if (half !== null && (whole === '' || !whole.startsWith(half.text))) {
      this.#find('checkpoint_unreadable', null, half.lineNumber);
    }
  }

  #find(kind: FindingKind, tenantId: string | null, number: number): void {
    const key = tenantId ?? `${kind} ${number}`;
    if (this.#findings.size < FINDINGS_MAX && !this.#findings.has(key))
      this.#findings.set(key, { kind, tenantId, number });
  }
}
