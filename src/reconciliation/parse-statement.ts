import { findCardNumber } from '../kernel/card-number.ts';
import { currencyExponent, isCurrency } from '../kernel/currency.ts';
import type { FieldError } from '../kernel/problem.ts';
import { instant } from '../kernel/shapes.ts';
import type { SettlementLine } from '../providers/provider-settlement.ts';
import { LINE_KINDS, type LineKind } from './line-kind.ts';
import { type CsvDelimiter, type CsvRecord, readCsv } from './read-csv.ts';

/** The columns of a statement, by the names they have in a file of the default layout. */
export const DEFAULT_COLUMNS = {
  lineRef: 'line_ref',
  kind: 'kind',
  occurredAt: 'occurred_at',
  currency: 'currency',
  gross: 'gross',
  fee: 'fee',
  net: 'net',
  operationId: 'operation_id',
  operationRef: 'operation_ref',
  attemptId: 'attempt_id',
  providerRef: 'provider_ref',
  availableAt: 'available_at',
  payoutRef: 'payout_ref',
} as const;
export type Column = keyof typeof DEFAULT_COLUMNS;

const REQUIRED: readonly Column[] = ['lineRef', 'kind', 'occurredAt', 'currency', 'gross'];

/** How a file is written. */
export interface Layout {
  readonly delimiter: CsvDelimiter;
  /** Whole minor units, or decimals such as 12.50. */
  readonly amounts: 'minor' | 'decimal';
  /** The file's names of columns, where they are not the default ones. */
  readonly columns: Readonly<Partial<Record<Column, string | undefined>>>;
  /** The file's words for kinds of lines, where they are not ours. */
  readonly kinds: Readonly<Record<string, LineKind>>;
}

export type ParsedStatement =
  | { readonly kind: 'lines'; readonly lines: readonly SettlementLine[] }
  | { readonly kind: 'refused'; readonly errors: readonly FieldError[] };

/** Enough to see what is wrong with a file. */
const ERRORS_MAX = 50;
const TEXT_MAX = 255;

/**
 * Reads a file as the lines of a statement: all of them or none. Every broken rule is named with its line and column, and
 * never with what stands there.
 */
export function parseStatement(csv: string, layout: Layout): ParsedStatement {
  const answer = readCsv(csv, layout.delimiter);
  if (answer.kind === 'refused') return refused([atLine(answer.refusal.line, answer.refusal.rule)]);
  const [header, ...records] = answer.records;
  if (header === undefined || records.length === 0) return refused([atLine(1, 'a header and at least one line')]);
  const columns = findColumns(header, layout);
  if ('errors' in columns) return refused(columns.errors);
  const errors: FieldError[] = [];
  const lines: SettlementLine[] = [];
  for (const record of records) {
    const row = new Row(record, columns.places, layout);
    const line = record.fields.length === header.fields.length ? readLine(row) : null;
    if (line === null)
      errors.push(atLine(record.line, `has ${record.fields.length} fields and not ${header.fields.length}`));
    else if (row.errors.length > 0) errors.push(...row.errors);
    else lines.push(line);
  }
  return errors.length > 0 ? refused(errors) : { kind: 'lines', lines };
}

function refused(errors: readonly FieldError[]): ParsedStatement {
  const rest = errors.length - ERRORS_MAX;
  const more = rest > 0 ? [{ pointer: '/csv', detail: `and ${rest} more` }] : [];
  return { kind: 'refused', errors: [...errors.slice(0, ERRORS_MAX), ...more] };
}

function atLine(line: number, rule: string): FieldError {
  return { pointer: '/csv', detail: `Line ${line}: ${rule}` };
}

type Places = ReadonlyMap<Column, number>;

function findColumns(
  { fields }: CsvRecord,
  { columns }: Layout,
): { readonly places: Places } | { readonly errors: readonly FieldError[] } {
  const places = new Map<Column, number>();
  const errors: FieldError[] = [];
  for (const column of Object.keys(DEFAULT_COLUMNS) as Column[]) {
    const given = columns[column];
    const name = given ?? DEFAULT_COLUMNS[column];
    const found = fields.flatMap((field, place) => (field.trim() === name ? [place] : []));
    if (found.length > 1) errors.push(atLine(1, `two columns have the name of ${column}`));
    const [place] = found;
    if (place !== undefined) places.set(column, place);
    else if (given !== undefined || REQUIRED.includes(column)) errors.push(atLine(1, `no column for ${column}`));
  }
  return errors.length > 0 ? { errors } : { places };
}

/** Reads the cells of one record, and notes what is wrong with them. */
class Row {
  readonly errors: FieldError[] = [];
  readonly #record: CsvRecord;
  readonly #places: Places;
  readonly layout: Layout;

  constructor(record: CsvRecord, places: Places, layout: Layout) {
    this.#record = record;
    this.#places = places;
    this.layout = layout;
  }

  cell(column: Column): string {
    const place = this.#places.get(column);
    return place === undefined ? '' : (this.#record.fields[place] ?? '').trim();
  }

  refuse(column: Column, rule: string): null {
    this.errors.push(atLine(this.#record.line, `${column}: ${rule}`));
    return null;
  }

  text(column: Column): string | null {
    const text = this.cell(column);
    if (text === '') return null;
    if (text.length > TEXT_MAX) return this.refuse(column, `Must be at most ${TEXT_MAX} characters`);
    if (/[\p{Cc}\p{Co}\p{Cn}\p{Bidi_Control}]/u.test(text)) {
      return this.refuse(column, 'Must not contain control characters');
    }
    return findCardNumber(text) ? this.refuse(column, 'Must not hold a card number') : text;
  }

  instant(column: Column): Temporal.Instant | null {
    const text = this.cell(column);
    if (text === '') return null;
    const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
    return instant.safeParse(whole).success
      ? Temporal.Instant.from(whole)
      : this.refuse(column, 'Must be an instant such as 2026-11-21T12:00:00Z, or a day');
  }

  amount(column: Column, currency: string): bigint | null {
    const text = this.cell(column);
    if (text === '') return null;
    const exponent = this.layout.amounts === 'minor' ? 0 : currencyExponent(currency);
    const [, sign, whole = '', fraction = ''] = /^([+-]?)(\d{1,13})(?:\.(\d+))?$/.exec(text) ?? [];
    if (whole === '' || fraction.length > exponent || (text.includes('.') && exponent === 0)) {
      const rule = exponent === 0 ? 'whole units' : `at most ${exponent} decimals after a point`;
      return this.refuse(column, `Must be a number with ${rule}, and no separators`);
    }
    const units = BigInt(whole + fraction.padEnd(exponent, '0'));
    return sign === '-' ? -units : units;
  }
}

function readLine(row: Row): SettlementLine {
  const lineRef = row.text('lineRef') ?? missing(row, 'lineRef', '');
  const kind = readKind(row);
  const occurredAt = row.instant('occurredAt') ?? missing(row, 'occurredAt', Temporal.Instant.fromEpochMilliseconds(0));
  const currency = row.cell('currency');
  const isKnown = isCurrency(currency);
  if (!isKnown) row.refuse('currency', 'Must be an active ISO 4217 code in capitals, such as EUR');
  const amountOf = (column: Column) => (isKnown ? row.amount(column, currency) : 0n);
  const said = amountOf('gross');
  const gross = said ?? missing(row, 'gross', 0n);
  const fee = amountOf('fee') ?? 0n;
  const net = amountOf('net') ?? gross - fee;
  if (isKnown && said !== null) refuseWrongSign(row, kind, said);
  return {
    ...{ lineRef, kind, occurredAt, fee, net },
    gross: { amount: gross, currency },
    attemptId: row.text('attemptId'),
    providerRef: row.text('providerRef'),
    operationId: row.text('operationId'),
    operationRef: row.text('operationRef'),
    availableAt: row.instant('availableAt'),
    payoutRef: row.text('payoutRef'),
  };
}

function missing<Value>(row: Row, column: Column, standIn: Value): Value {
  if (row.cell(column) === '') row.refuse(column, 'Must not be empty');
  return standIn;
}

function readKind(row: Row): LineKind {
  const word = row.cell('kind');
  const { kinds } = row.layout;
  const kind = Object.hasOwn(kinds, word) ? kinds[word] : LINE_KINDS.find((each) => each === word);
  if (kind === undefined) row.refuse('kind', `Must be one of ${LINE_KINDS.join(', ')}, or named in kinds`);
  return kind ?? 'adjustment';
}

const SIGNS: Readonly<Partial<Record<LineKind, 1 | -1>>> = { charge: 1, refund: -1, dispute: -1, dispute_reversal: 1 };

/** A sign the wrong way round would double a difference instead of showing one. */
function refuseWrongSign(row: Row, kind: LineKind, gross: bigint): void {
  const sign = SIGNS[kind];
  if (sign === undefined || gross * BigInt(sign) > 0n) return;
  row.refuse('gross', `Must be ${sign > 0 ? 'above' : 'below'} zero for a ${kind}`);
}
