import { asObject, type Json } from './generate-sdk-types.ts';

const PREFIX = '#/components/schemas/';

/** Every schema that is reachable from these, by name, in the order in which they are met. */
export function reachableSchemas(schemas: Json, roots: readonly string[]): readonly string[] {
  const found = new Set<string>(roots);
  for (const name of found) {
    for (const [, ref = ''] of JSON.stringify(schemas[name] ?? {}).matchAll(
      /"\$ref":"#\/components\/schemas\/([^"]+)"/g,
    )) {
      found.add(ref);
    }
  }
  return [...found];
}

/** A schema's members as a table, with what the document says of each. */
export function schemaTable(schema: unknown, where: string): string {
  const { properties, anyOf } = asObject(schema, where);
  if (properties === undefined) return anyOf === undefined ? `${typeOf(schema)}.\n` : unionTable(schema);
  const rows = Object.entries(asObject(properties, where)).map(
    ([name, member]) => `| \`${name}\` | ${typeOf(member)} | ${descriptionOf(member)} |`,
  );
  return `| member | type | |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

function unionTable(schema: unknown): string {
  const kinds = unionOf(schema).filter((each) => each.type !== 'null');
  return kinds.map((each) => `- \`${membersOf(each)}\`\n`).join('');
}

function membersOf(schema: Json): string {
  const properties = asObject(schema.properties ?? {}, 'a member of a union');
  const members = Object.entries(properties).map(([name, member]) => {
    const { const: only } = asObject(member, name);
    return only === undefined ? name : `${name}: ${JSON.stringify(only)}`;
  });
  return `{ ${members.join(', ')} }`;
}

function typeOf(schema: unknown): string {
  const fields = asObject(schema, 'a schema');
  if (typeof fields.$ref === 'string') return linkTo(fields.$ref.slice(PREFIX.length));
  const union = unionOf(schema);
  if (union.length > 0) return [...new Set(union.map(typeOf))].join(' or ');
  if (fields.const !== undefined) return `\`${fields.const}\``;
  if (Array.isArray(fields.enum)) return fields.enum.map((value: unknown) => `\`${value}\``).join(', ');
  const types: unknown[] = Array.isArray(fields.type) ? fields.type : [fields.type];
  return types.map((type) => plainTypeOf(type, fields)).join(' or ');
}

function plainTypeOf(type: unknown, fields: Json): string {
  if (type === 'array') return `list of ${typeOf(fields.items ?? {})}`;
  if (type === 'string' && fields.format === 'date-time') return 'instant';
  if (type === 'object') return fields.properties === undefined ? 'object' : `\`${membersOf(fields)}\``;
  return String(type ?? 'any');
}

/** The schemas of `anyOf` and `oneOf`, those within them included. */
function unionOf(schema: unknown): readonly Json[] {
  const { anyOf, oneOf } = asObject(schema, 'a schema');
  const several: unknown[] = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : [];
  return several.flatMap((each) => {
    const inner = unionOf(each);
    return inner.length > 0 ? inner : [asObject(each, 'a member of a union')];
  });
}

function descriptionOf(schema: unknown): string {
  const { description } = asObject(schema, 'a schema');
  if (typeof description !== 'string' || description === 'RFC 3339.') return '';
  return description.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** To the heading of the same name. */
export function linkTo(name: string): string {
  return `[${name}](#${name.toLowerCase()})`;
}
