/** JSON Schema (draft 2020-12, as OpenAPI 3.1 has it) → the text of TypeScript types. Throws at what it does not know. */

export type Json = Readonly<Record<string, unknown>>;

/** Keywords that shape the type, and those that only narrow values, which TypeScript cannot say. */
const KNOWN_KEYWORDS = new Set(
  (
    '$ref type const enum anyOf oneOf allOf not properties required additionalProperties propertyNames items ' +
    'prefixItems title description default example examples deprecated readOnly writeOnly format discriminator ' +
    'pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems ' +
    'uniqueItems minProperties maxProperties contentEncoding contentMediaType externalDocs $comment $id id $schema'
  ).split(' '),
);

const SCHEMA_PREFIX = '#/components/schemas/';

/** A named type with its doc comment. `where` names the schema in errors. */
export function namedTypeText(name: string, schema: unknown, where: string): string {
  const type = typeText(schema, where, 0);
  const declaration =
    type.startsWith('{') && !hasOperator(type) ? `interface ${name} ${type}` : `type ${name} = ${type};`;
  return `${docText(schema, 0)}export ${declaration}\n`;
}

/**
 * The type of a schema, indented for its depth.
 * @throws Error naming the schema where it uses something this generator does not know
 */
export function typeText(schema: unknown, where: string, depth: number): string {
  if (schema === true) return 'unknown';
  if (schema === false) return 'never';
  const fields = asObject(schema, where);
  const unknown = Object.keys(fields).find((key) => !KNOWN_KEYWORDS.has(key) && !key.startsWith('x-'));
  if (unknown !== undefined) throw new Error(`${where}: the keyword ${unknown} is not known`);
  const parts = [
    ...(fields.$ref === undefined ? [] : [refName(fields.$ref, where)]),
    ...unionText(fields, where, depth),
    ...(fields.allOf === undefined ? [] : [joined(fields.allOf, `${where}/allOf`, depth, ' & ')]),
  ];
  if (fields.not !== undefined) parts.push(negationText(fields.not, where));
  const own = ownTypeText(fields, where, depth);
  if (own !== null && !(parts.length > 0 && own === 'Record<string, unknown>')) parts.push(own);
  return intersectionText(parts);
}

/** A TypeScript name for a component. @throws Error where none can be made */
export function typeName(component: string, where: string): string {
  const name = component
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name)) throw new Error(`${where}: no type can be named after ${component}`);
  return name;
}

/** The doc comment of a schema or an operation: words for people, then what the type cannot say. */
export function docText(described: unknown, depth: number): string {
  if (typeof described !== 'object' || described === null) return '';
  const fields: Json = { ...described };
  const words = [fields.summary, fields.description].filter((text) => typeof text === 'string' && text !== '');
  const lines = words
    .join('\n\n')
    .split('\n')
    .filter((line, index) => index > 0 || line !== '');
  if (typeof fields.format === 'string') lines.push(`Format: ${fields.format}.`);
  if (fields.default !== undefined) lines.push(`Default: ${JSON.stringify(fields.default)}.`);
  if (fields.deprecated === true) lines.push('@deprecated');
  if (lines.length === 0) return '';
  const indent = '  '.repeat(depth);
  // A comment that ends early would turn the document's words into code.
  const safe = lines.map((line) => line.trim().replaceAll('*/', '*\\/'));
  if (safe.length === 1) return `${indent}/** ${safe[0]} */\n`;
  return `${indent}/**\n${safe.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}

/** A property name, in quotes where it is no identifier. */
export function propertyKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

export function asObject(value: unknown, where: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`${where}: an object was expected`);
}

function refName(ref: unknown, where: string): string {
  if (typeof ref !== 'string' || !ref.startsWith(SCHEMA_PREFIX)) {
    throw new Error(`${where}: the reference ${String(ref)} is not below ${SCHEMA_PREFIX}`);
  }
  return typeName(ref.slice(SCHEMA_PREFIX.length), where);
}

function unionText(fields: Json, where: string, depth: number): string[] {
  return (['anyOf', 'oneOf'] as const).flatMap((keyword) =>
    fields[keyword] === undefined ? [] : [joined(fields[keyword], `${where}/${keyword}`, depth, ' | ')],
  );
}

function joined(schemas: unknown, where: string, depth: number, separator: ' | ' | ' & '): string {
  if (!Array.isArray(schemas) || schemas.length === 0) throw new Error(`${where}: a list of schemas was expected`);
  const types = schemas.map((each: unknown, index) => typeText(each, `${where}/${index}`, depth));
  return separator === ' & ' ? intersectionText(types) : [...new Set(types)].join(separator);
}

function intersectionText(types: readonly string[]): string {
  const distinct = [...new Set(types)];
  const [only] = distinct;
  if (only === undefined) return 'unknown';
  if (distinct.length === 1) return only;
  return distinct.map((type) => (hasOperator(type) ? `(${type})` : type)).join(' & ');
}

/** `not: {}` is how a value that cannot exist is written; other negations have no type. */
function negationText(not: unknown, where: string): string {
  if (not === true || (typeof not === 'object' && not !== null && Object.keys(not).length === 0)) return 'never';
  throw new Error(`${where}: the keyword not is known only as "not": {}`);
}

/** What `const`, `enum` and `type` say; null where there is none of them. */
function ownTypeText(fields: Json, where: string, depth: number): string | null {
  if ('const' in fields) return literalText(fields.const, where);
  if (fields.enum !== undefined) {
    if (!Array.isArray(fields.enum) || fields.enum.length === 0) throw new Error(`${where}: enum is no list`);
    return fields.enum.map((value: unknown) => literalText(value, where)).join(' | ');
  }
  const names: unknown[] = Array.isArray(fields.type) ? fields.type : fields.type === undefined ? [] : [fields.type];
  if (names.length === 0 && fields.properties !== undefined) names.push('object');
  if (names.length === 0 && fields.items !== undefined) names.push('array');
  if (names.length === 0) return null;
  return [...new Set(names.map((name) => plainTypeText(name, fields, where, depth)))].join(' | ');
}

function plainTypeText(name: unknown, fields: Json, where: string, depth: number): string {
  switch (name) {
    case 'string':
    case 'boolean':
    case 'null':
      return name;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return arrayText(fields, where, depth);
    case 'object':
      return objectText(fields, where, depth);
    default:
      throw new Error(`${where}: the type ${String(name)} is not known`);
  }
}

function literalText(value: unknown, where: string): string {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return JSON.stringify(value);
  throw new Error(`${where}: only strings, numbers, booleans and null can be literals`);
}

function arrayText(fields: Json, where: string, depth: number): string {
  if (Array.isArray(fields.prefixItems)) {
    const items = fields.prefixItems.map((each: unknown, index) =>
      typeText(each, `${where}/prefixItems/${index}`, depth),
    );
    if (fields.items !== undefined && fields.items !== false) {
      items.push(`...${elementText(typeText(fields.items, `${where}/items`, depth))}[]`);
    }
    return `readonly [${items.join(', ')}]`;
  }
  return `readonly ${elementText(typeText(fields.items ?? true, `${where}/items`, depth))}[]`;
}

function elementText(type: string): string {
  return hasOperator(type) || type.startsWith('readonly ') ? `(${type})` : type;
}

/** Whether a `|` or `&` stands outside all brackets, quotes and comments. */
function hasOperator(type: string): boolean {
  let depth = 0;
  for (const [token] of type.matchAll(/"(?:[^"\\]|\\.)*"|\/\*[\s\S]*?\*\/|[{}()[\]<>|&]/g)) {
    if ((token === '|' || token === '&') && depth === 0) return true;
    if (/^[{([<]$/.test(token)) depth++;
    if (/^[})\]>]$/.test(token)) depth--;
  }
  return false;
}

function objectText(fields: Json, where: string, depth: number): string {
  const properties = fields.properties === undefined ? {} : asObject(fields.properties, `${where}/properties`);
  const names = Object.keys(properties);
  const others = fields.additionalProperties;
  if (names.length === 0) return recordText(others, where, depth);
  const required: unknown[] = Array.isArray(fields.required) ? fields.required : [];
  const indent = '  '.repeat(depth + 1);
  const lines = names.map((name) => {
    const schema = properties[name];
    const type = typeText(schema, `${where}/${name}`, depth + 1);
    const member = required.includes(name) ? `: ${type}` : `?: ${type} | undefined`;
    return `${docText(schema, depth + 1)}${indent}${propertyKey(name)}${member};\n`;
  });
  // An index signature must cover the named properties too, so nothing narrower than unknown is true.
  const open = others !== undefined && others !== false ? `${indent}[key: string]: unknown;\n` : '';
  return `{\n${lines.join('')}${open}${'  '.repeat(depth)}}`;
}

function recordText(others: unknown, where: string, depth: number): string {
  if (others === false) return 'Record<string, never>';
  return `Record<string, ${typeText(others ?? true, `${where}/additionalProperties`, depth)}>`;
}
