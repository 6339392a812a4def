import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Queryable } from '../platform/database.ts';
import { selectCheckpointLine, selectCheckpointsAfter } from './store-checkpoints.ts';

/** Thrown with a sentence for the operator; nothing was written. */
class CheckpointsRefused extends Error {
  override readonly name = 'CheckpointsRefused';
}

const FILE = /^checkpoints-\d{4}-\d{2}\.jsonl$/;
const LINES_AT_ONCE = 200;
/** More than the longest line there is. */
const TAIL_BYTES = 1024 * 1024;

/**
 * Brings a folder up to date: one file a month, one line a checkpoint, flushed to the disk. Where it stands is read from
 * its last line, so that a crash, a full disk or a folder that was away costs nothing but time. Two processes may write
 * the same lines twice, which says nothing else.
 * @throws CheckpointsRefused where the folder says something that this database does not know: it was set back, or the
 * folder belongs to another one
 */
export async function writeCheckpoints(db: Queryable, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let number = await lastNumber(db, folder);
  for (let written = 0; ; ) {
    const next = await selectCheckpointsAfter(db, number, LINES_AT_ONCE);
    if (next.length === 0) return written;
    for (const [month, lines] of Map.groupBy(next, ({ at }) => at.toString().slice(0, 7))) {
      await appendLines(
        join(folder, `checkpoints-${month}.jsonl`),
        lines.map(({ line }) => line),
      );
    }
    written += next.length;
    number = next.at(-1)?.number ?? number;
  }
}

/** The files of a folder, oldest first. */
export async function checkpointFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => FILE.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function lastNumber(db: Queryable, folder: string): Promise<number> {
  for (const file of (await checkpointFiles(folder)).toReversed()) {
    const line = await lastWholeLine(file);
    if (line === null) continue;
    const [, digits = '0'] = /^\{"v":1,"number":(\d+),/.exec(line) ?? [];
    const number = Number(digits);
    if ((await selectCheckpointLine(db, number)) === line) return number;
    throw new CheckpointsRefused(
      `The last line of ${file} is no checkpoint of this database. Was it set back? Run \`tollgate audit verify ` +
        '--checkpoints` with the folder, then move the folder aside, so that a new one is begun.',
    );
  }
  return 0;
}

async function lastWholeLine(file: string): Promise<string | null> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString('utf8').split('\n');
    // What follows the last line feed is nothing, or half a line that a crash has left.
    return lines.at(-2) ?? null;
  } finally {
    await handle.close();
  }
}

async function appendLines(file: string, lines: readonly string[]): Promise<void> {
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const end = Buffer.alloc(1);
    if (size > 0) await handle.read(end, 0, 1, size - 1);
    // Half a line stays as it is: files of evidence are only ever added to.
    const begin = size === 0 || end.toString() === '\n' ? '' : '\n';
    await handle.appendFile(`${begin}${lines.join('\n')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
