import { GENERAL_PROBLEMS } from '../http/declared-problems.ts';
import type { OpenApi, OpenApiOperation, OpenApiResponse } from './build-openapi.ts';
import { type JsonSchema, referencedName } from './json-schema.ts';

/** One operation with the address it stands at. */
export interface ReferenceEntry {
  readonly method: string;
  readonly path: string;
  readonly operation: OpenApiOperation;
}

export interface ReferenceGroup {
  readonly tag: string;
  readonly entries: readonly ReferenceEntry[];
}

/** A piece of a type's description: words, or the name of a component. */
export type TypePart = string | { readonly component: string };

/** One field as a row of a table; `name` is the way to it, as in `cartItems[].value`. */
export interface FieldRow {
  readonly name: string;
  readonly required: boolean;
  readonly type: readonly TypePart[];
  readonly description: string;
  readonly rules: readonly string[];
}

/** The operations by tag, in the order of the document. */
export function groupsOf({ tags, paths }: OpenApi): readonly ReferenceGroup[] {
  const entries = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  return tags.map(({ name }) => ({
    tag: name,
    entries: entries.filter(({ operation }) => operation.tags.includes(name)),
  }));
}

/** The fields of an object and of the objects inside it; components are named, not repeated. */
export function fieldRows(schema: JsonSchema, prefix = ''): readonly FieldRow[] {
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants !== undefined && schema.properties === undefined) {
    return variants.flatMap((variant) => fieldRows(variant, prefix));
  }
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const row = fieldRow(path, field, schema.required?.includes(name) ?? false);
    return [row, ...nestedRows(path, field)];
  });
}

function nestedRows(path: string, field: JsonSchema): readonly FieldRow[] {
  if (field.items !== undefined) return nestedRows(`${path}[]`, field.items);
  const nested = field.properties !== undefined || (field.oneOf ?? field.anyOf) !== undefined;
  return nested ? fieldRows(field, `${path}.`) : [];
}

/** One schema under a name: a field, a parameter. */
export function fieldRow(name: string, schema: JsonSchema, required: boolean): FieldRow {
  return { name, required, type: typeOf(schema), description: schema.description ?? '', rules: rulesOf(schema) };
}

/** What a value is, in words: `string`, `array of CartItem`, `Attempt or null`. */
export function typeOf(schema: JsonSchema): readonly TypePart[] {
  const component = referencedName(schema);
  if (component !== null) return [{ component }];
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants !== undefined) return joined(variants.map(typeOf));
  if (schema.items !== undefined) return ['array of ', ...typeOf(schema.items)];
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  if (typeof schema.type === 'string') return [schema.type];
  if (schema.type !== undefined) return [schema.type.join(' or ')];
  return ['any'];
}

function joined(parts: readonly (readonly TypePart[])[]): readonly TypePart[] {
  const seen = new Set<string>();
  const distinct = parts.filter((part) => !seen.has(JSON.stringify(part)) && seen.add(JSON.stringify(part)));
  return distinct.flatMap((part, index) => (index === 0 ? part : [' or ', ...part]));
}

/** The rules a value keeps, each in words. */
export function rulesOf(schema: JsonSchema): readonly string[] {
  const rules: string[] = [];
  const bound = (least: number | undefined, most: number | undefined, what: string) => {
    if (least !== undefined && least === most) rules.push(`exactly ${least}${what}`);
    else if (least !== undefined && most !== undefined) rules.push(`${least} to ${most}${what}`);
    else if (least !== undefined) rules.push(`at least ${least}${what}`);
    else if (most !== undefined) rules.push(`at most ${most}${what}`);
  };
  bound(schema.minimum, schema.maximum, '');
  bound(schema.minLength, schema.maxLength, ' characters');
  bound(schema.minItems, schema.maxItems, ' items');
  if (schema.exclusiveMinimum !== undefined) rules.push(`more than ${schema.exclusiveMinimum}`);
  if (schema.exclusiveMaximum !== undefined) rules.push(`less than ${schema.exclusiveMaximum}`);
  if (schema.multipleOf !== undefined) rules.push(`a multiple of ${schema.multipleOf}`);
  if (schema.enum !== undefined) rules.push(`one of ${schema.enum.map((value) => String(value)).join(', ')}`);
  if (schema.format !== undefined) rules.push(`format ${schema.format}`);
  if (schema.pattern !== undefined) rules.push(`matches ${schema.pattern}`);
  if (schema.default !== undefined) rules.push(`${JSON.stringify(schema.default)} unless given`);
  const [example] = schema.examples ?? [];
  if (example !== undefined) rules.push(`for example ${String(example)}`);
  return rules;
}

/** What an answer carries, in words; an object without a name by its fields. */
export function answerType(schema: JsonSchema): readonly TypePart[] {
  if (schema.properties === undefined) return typeOf(schema);
  return Object.entries(schema.properties).flatMap(([name, field], index) => [
    `${index === 0 ? '' : ', '}${name}: `,
    ...typeOf(field),
  ]);
}

/** The answers worth telling for one operation: those that any operation may give are told once for all. */
export function ownResponses({ responses }: OpenApiOperation): readonly (readonly [string, OpenApiResponse])[] {
  return Object.entries(responses).filter(([, response]) => {
    const codes = response['x-problems'];
    return codes === undefined || codes.some((code) => !GENERAL_PROBLEMS.includes(code));
  });
}

/** Who may call, in a sentence. */
export function accessSentence({ security, 'x-scope': scope, ...operation }: OpenApiOperation): string {
  const basic = security.some((scheme) => 'basic' in scheme) ? ', or app name and secret by Basic' : '';
  if (scope !== undefined) return `An API key with the scope ${scope}, or an access token${basic}.`;
  const permission = operation['x-permission'];
  if (permission !== undefined) return `The operator’s key, or somebody with the permission ${permission}.`;
  if (security.length > 0) return 'Somebody who has signed in at the panel.';
  return 'No credentials; a token in the path, where there is one, is what opens it.';
}

/** What is sent as a file, where that is not JSON. */
export function fileOf({ requestBody }: OpenApiOperation): { mediaTypes: readonly string[]; text: string } | null {
  const contents = Object.entries(requestBody?.content ?? {}).filter(([type]) => type !== 'application/json');
  const [first] = contents;
  if (first === undefined) return null;
  return { mediaTypes: contents.map(([type]) => type), text: first[1].schema.description ?? '' };
}

/** A request that can be pasted into a shell. */
export function curlExample({ servers }: OpenApi, { method, path, operation }: ReferenceEntry): string {
  const lines = [`curl -X ${method} '${servers[0]?.url ?? ''}${path}'`];
  if (operation['x-scope'] !== undefined) lines.push(`-H 'Authorization: Bearer sk_test_…'`);
  else if (operation.security.length > 0) lines.push(`-H 'Authorization: Bearer …'`);
  if (operation.parameters.some(({ name }) => name === 'Idempotency-Key'))
    lines.push(`-H 'Idempotency-Key: order-1001'`);
  const content = operation.requestBody?.content['application/json'];
  if (content !== undefined) {
    lines.push(`-H 'Content-Type: application/json'`);
    const body = JSON.stringify(content.example ?? {}, null, 2).replaceAll("'", "'\\''");
    lines.push(`-d '${body}'`);
  }
  const file = fileOf(operation);
  if (file !== null) lines.push(`-H 'Content-Type: ${file.mediaTypes[0] ?? ''}'`, '--data-binary @file');
  return lines.join(' \\\n  ');
}
