import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assert } from '../../kernel/assert.ts';
import type { Endpoint } from '../../kernel/endpoint.ts';
import type { Page } from '../../kernel/page.ts';
import { Problem } from '../../kernel/problem.ts';
import { csvLine } from './csv.ts';
import { type ExportColumn, exportColumns } from './export-columns.ts';
import { listItemOf } from './list-item.ts';

/** How a list can be had besides as pages. */
export const EXPORT_MEDIA_TYPES = { csv: 'text/csv', jsonl: 'application/jsonl' } as const;
export type ExportFormat = keyof typeof EXPORT_MEDIA_TYPES;

/** More than anybody looks through by hand; who needs all takes it in parts, by time or by the cursor of the last line. */
export const EXPORT_ROWS_MAX = 100_000;
/** What one question to the database brings. */
const PAGE_ROWS = 100;
/** Each keeps a connection of the database busy for half of its time. */
const EXPORTS_AT_ONCE_MAX = 4;

type Item = Readonly<Record<string, unknown>>;
type ReadPage = (page: { readonly limit: number; readonly cursor: string | undefined }) => Promise<Page<Item>>;

/** Exports the lists of one server. */
export interface Exporter {
  /** The format that a request of this endpoint asks for; null: none, or the endpoint lists nothing. */
  formatOf(endpoint: Endpoint, request: FastifyRequest): ExportFormat | null;
  /**
   * Answers with the whole list from a cursor on, read page by page as fast as the reader takes it, so that no more than a
   * page is in memory. What is refused is refused before the first byte; what fails later cuts the connection, so that half
   * a list never looks like a whole one. @throws Problem too_many_requests, and those of the list
   */
  send(reply: FastifyReply, wanted: Wanted): Promise<FastifyReply>;
}

interface Wanted {
  readonly endpoint: Endpoint;
  readonly format: ExportFormat;
  readonly readPage: ReadPage;
  readonly cursor: string | undefined;
  readonly at: Temporal.Instant;
}

/** An exporter with a bound of its own on how many run at once. */
export function createExporter(rowsMax = EXPORT_ROWS_MAX): Exporter {
  const columns = new WeakMap<Endpoint, readonly ExportColumn[]>();
  let running = 0;
  return {
    formatOf(endpoint, request) {
      const format = formatIn(request.headers.accept);
      return format === null || listItemOf(endpoint) === null ? null : format;
    },
    async send(reply, { endpoint, format, readPage, cursor, at }) {
      if (running >= EXPORTS_AT_ONCE_MAX) {
        throw new Problem('too_many_requests', 'Too many exports are running; try again in a moment.', {
          retryAfterSeconds: 5,
        });
      }
      running++;
      try {
        const first = await readPage({ limit: PAGE_ROWS, cursor });
        const written = format === 'csv' ? csvWriter(columnsOf(endpoint)) : JSONL_WRITER;
        const stream = Readable.from(writeAll(first, readPage, written, rowsMax), { objectMode: false });
        stream.once('close', () => running--);
        // Whoever asked went away while the first page was read.
        if (reply.raw.destroyed) stream.destroy();
        return reply
          .header('content-type', format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/jsonl')
          .header('content-disposition', `attachment; filename="${fileName(endpoint, at)}.${format}"`)
          .header('vary', 'accept')
          .send(stream);
      } catch (error) {
        running--;
        throw error;
      }
    },
  };

  function columnsOf(endpoint: Endpoint): readonly ExportColumn[] {
    const known = columns.get(endpoint);
    if (known !== undefined) return known;
    const item = listItemOf(endpoint);
    assert(item !== null, `${endpoint.id} is no list`);
    const made = exportColumns(item);
    columns.set(endpoint, made);
    return made;
  }
}

/** The first type of the header that we have; weights are passed over, since nobody who exports sends any. */
function formatIn(accept: string | undefined): ExportFormat | null {
  for (const part of accept?.split(',') ?? []) {
    const type = part.split(';', 1)[0]?.trim().toLowerCase();
    if (type === 'text/csv') return 'csv';
    if (type === 'application/jsonl' || type === 'application/x-ndjson') return 'jsonl';
    if (type === 'application/json' || type === '*/*') return null;
  }
  return null;
}

/** How rows and the end of a list are written. */
interface Writer {
  readonly head: string;
  readonly row: (item: Item) => string;
  /** `nextCursor`: where what was left out begins; null: that was all. */
  readonly end: (rows: number, nextCursor: string | null) => string;
}

function csvWriter(columns: readonly ExportColumn[]): Writer {
  return {
    head: csvLine(columns.map(({ name }) => name)),
    row: (item) => csvLine(columns.map(({ cell }) => cell(item))),
    // As many cells as every line has (RFC 4180, 2.4).
    end: (rows, nextCursor) =>
      nextCursor === null
        ? ''
        : csvLine([
            `Not complete: only ${rows} rows; go on with cursor=${nextCursor}`,
            ...columns.slice(1).map(() => ''),
          ]),
  };
}

const JSONL_WRITER: Writer = {
  head: '',
  row: (item) => `${JSON.stringify(item)}\n`,
  end: (rows, nextCursor) =>
    `${JSON.stringify({ object: 'export_end', rows, complete: nextCursor === null, nextCursor })}\n`,
};

/** A page at a time: the next one is read when the reader has taken the one before. */
async function* writeAll(first: Page<Item>, readPage: ReadPage, { head, row, end }: Writer, rowsMax: number) {
  let rows = 0;
  let page = first;
  let text = head;
  for (;;) {
    rows += page.data.length;
    yield text + page.data.map(row).join('');
    text = '';
    if (!page.hasMore || page.nextCursor === null || rows >= rowsMax) break;
    page = await readPage({ limit: Math.min(PAGE_ROWS, rowsMax - rows), cursor: page.nextCursor });
  }
  yield end(rows, page.hasMore ? page.nextCursor : null);
}

function fileName({ path }: Endpoint, at: Temporal.Instant): string {
  const noun = path.split('/').findLast((segment) => segment !== '' && !segment.startsWith('{'));
  return `${noun ?? 'list'}-${at.toString().slice(0, 10)}`;
}
