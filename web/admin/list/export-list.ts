import { answeredAsFile, type FileFormat } from '../api/send.ts';

const TYPES: Readonly<Record<FileFormat, string>> = { csv: 'text/csv', jsonl: 'application/jsonl' };

/** Longer than the note at the end of a file that has more, in either format. */
const END_BYTES = 1_000;

interface Exported {
  readonly file: Blob;
  /** How many rows it holds, where the list has more; null: it holds all. */
  readonly cutAt: number | null;
}

/**
 * A whole list as the file that the API makes of it.
 * @throws ApiProblem where it was refused, or broke off: half a file is none
 */
export async function exportList(
  format: FileFormat,
  read: (signal: AbortSignal) => Promise<unknown>,
): Promise<Exported> {
  const file = await read(answeredAsFile(format));
  if (!(file instanceof Blob)) throw new Error('The list was read without the signal that it was given');
  return { file: new Blob([file], { type: TYPES[format] }), cutAt: cutIn(await file.slice(-END_BYTES).text()) };
}

/** What a file says at its end where it does not hold all: see src/platform/http/stream-export.ts. */
export function cutIn(end: string): number | null {
  const lastLine = end.trimEnd().split('\n').at(-1) ?? '';
  const [, csvRows, jsonRows] =
    /^"?Not complete: only (\d+) rows;|^\{"object":"export_end","rows":(\d+),"complete":false/.exec(lastLine) ?? [];
  const rows = csvRows ?? jsonRows;
  return rows === undefined ? null : Number(rows);
}
