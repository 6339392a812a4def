import { z } from 'zod';
import { isCurrency } from '../../kernel/currency.ts';
import { toDecimal } from '../../kernel/money.ts';
import { harmlessText } from './csv.ts';

/** One column of an exported list: its name, and its cell in a row, ready for CSV. */
export interface ExportColumn {
  /** The way to the field, with dots between: `latestAttempt.provider`. */
  readonly name: string;
  readonly cell: (item: unknown) => string;
}

/** A JSON schema, as far as columns need it. */
interface Node {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Node>>;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly allOf?: readonly Node[];
}

type Path = readonly string[];

/** Fields of this name are minor units, where a currency stands beside or above them. */
const AMOUNT = /^(amount|gross|fee|net|difference)([A-Z]|$)/;
/** Deeper than any object of the API. */
const DEPTH_MAX = 6;

/**
 * The columns of a list, from the schema of its items: an object's fields one by one, an amount also as a decimal number,
 * lists of words with spaces between, and whatever else has no columns of its own as JSON.
 */
export function exportColumns(item: z.ZodType): readonly ExportColumn[] {
  const root = z.toJSONSchema(item, { io: 'output', unrepresentable: 'any' }) as Node;
  const columns = new Map<string, ExportColumn>();
  addColumns(root, [], null, { root, columns });
  return [...columns.values()];
}

interface Collecting {
  readonly root: Node;
  readonly columns: Map<string, ExportColumn>;
}

function addColumns(given: Node, path: Path, currency: Path | null, collecting: Collecting): void {
  const nodes = optionsOf(given, collecting.root);
  const objects = nodes.filter(({ type, properties }) => type === 'object' && properties !== undefined);
  if (objects.length === 0 || path.length >= DEPTH_MAX) {
    addCell(nodes, path, currency, collecting);
    return;
  }
  for (const { properties = {} } of objects) {
    const own = Object.hasOwn(properties, 'currency') ? [...path, 'currency'] : currency;
    for (const [name, node] of Object.entries(properties)) addColumns(node, [...path, name], own, collecting);
  }
}

/** What a value may be, without references and null. */
function optionsOf(given: Node, root: Node): readonly Node[] {
  if (given.$ref !== undefined) {
    const target = given.$ref === '#' ? root : root.$defs?.[given.$ref.split('/').at(-1) ?? ''];
    return target === undefined ? [] : optionsOf(target, root);
  }
  const options = given.anyOf ?? given.oneOf ?? given.allOf;
  if (options === undefined) return given.type === 'null' ? [] : [given];
  return options.flatMap((option) => optionsOf(option, root));
}

function addCell(nodes: readonly Node[], path: Path, currency: Path | null, { columns }: Collecting): void {
  const name = path.join('.');
  if (columns.has(name)) return;
  columns.set(name, { name, cell: (item) => cellOf(valueAt(item, path)) });
  const isAmount = nodes.every(({ type }) => type === 'integer') && AMOUNT.test(path.at(-1) ?? '');
  if (!isAmount || currency === null || nodes.length === 0) return;
  const decimal = `${name}Decimal`;
  columns.set(decimal, { name: decimal, cell: (item) => decimalOf(valueAt(item, path), valueAt(item, currency)) });
}

function valueAt(item: unknown, path: Path): unknown {
  let value = item;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

/** Numbers stay numbers, also negative ones: a spreadsheet sums them up. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return harmlessText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return harmlessText(value.join(' '));
  return harmlessText(JSON.stringify(value));
}

function decimalOf(amount: unknown, currency: unknown): string {
  if (typeof amount !== 'number' || typeof currency !== 'string' || !isCurrency(currency)) return '';
  return toDecimal({ amount: BigInt(amount), currency });
}
