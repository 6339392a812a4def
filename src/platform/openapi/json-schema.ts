import { z } from 'zod';
import { assert } from '../../kernel/assert.ts';

/** The parts of JSON Schema 2020-12 that our schemas come out as; what OpenAPI 3.1 takes as it stands. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** `input`: what a sender writes (defaults may be left out); `output`: what we answer. */
export type Direction = 'input' | 'output';

const REF = '#/components/schemas/';

/**
 * Turns zod schemas into JSON Schema; those with `.meta({ id })` become components. A component reads the same both
 * ways wherever it can; only where sender and answer differ is there a second one, `<id>Input`.
 */
export class SchemaCollector {
  readonly #found: Record<Direction, Map<string, JsonSchema>> = { input: new Map(), output: new Map() };
  #knownTwins: ReadonlySet<string> | null = null;

  /** The schema with references to components. @throws AssertionFailed where two schemas claim one id */
  add(schema: z.ZodType, direction: Direction): JsonSchema {
    const generated = z.toJSONSchema(schema, { io: direction, unrepresentable: 'any', override: simplify });
    const { $schema: _dialect, $defs = {}, ...root } = generated as Record<string, unknown>;
    for (const [id, definition] of Object.entries($defs as Record<string, JsonSchema>)) {
      const known = this.#found[direction].get(id);
      const same = known === undefined || JSON.stringify(known) === JSON.stringify(definition);
      assert(same, `Two schemas have the id ${id}`);
      if (known !== undefined) continue;
      this.#found[direction].set(id, definition);
      this.#knownTwins = null;
    }
    return root as JsonSchema;
  }

  /** The components, by name; call after the last `add`. */
  components(): Record<string, JsonSchema> {
    const twins = this.#twins();
    const named: [string, JsonSchema][] = [];
    for (const [id, schema] of this.#found.output) named.push([id, this.resolve(schema, 'output')]);
    for (const [id, schema] of this.#found.input) {
      if (!this.#found.output.has(id)) named.push([id, this.resolve(schema, 'input')]);
      else if (twins.has(id)) named.push([`${id}Input`, this.resolve(schema, 'input')]);
    }
    const names = named.map(([name]) => name);
    assert(new Set(names).size === names.length, 'The id of a schema ends in Input and collides with a twin');
    return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Points the references of a schema that `add` gave at the components. */
  resolve(schema: JsonSchema, direction: Direction): JsonSchema {
    const twins = this.#twins();
    const text = JSON.stringify(schema).replace(/"#\/\$defs\/([^"]+)"/g, (_all, id: string) => {
      return `"${REF}${id}${direction === 'input' && twins.has(id) ? 'Input' : ''}"`;
    });
    return JSON.parse(text) as JsonSchema;
  }

  /** Components that differ between the directions, themselves or through what they refer to. */
  #twins(): ReadonlySet<string> {
    this.#knownTwins ??= this.#findTwins();
    return this.#knownTwins;
  }

  #findTwins(): ReadonlySet<string> {
    const { input, output } = this.#found;
    const shared = [...input.keys()].filter((id) => output.has(id));
    const twins = new Set(shared.filter((id) => JSON.stringify(input.get(id)) !== JSON.stringify(output.get(id))));
    for (let before = -1; before !== twins.size; ) {
      before = twins.size;
      for (const id of shared) if (referencesOf(input.get(id)).some((other) => twins.has(other))) twins.add(id);
    }
    return twins;
  }
}

function referencesOf(schema: JsonSchema | undefined): readonly string[] {
  return [...JSON.stringify(schema).matchAll(/"#\/\$defs\/([^"]+)"/g)].map(([, id]) => id ?? '');
}

/** The name of the component a reference points at. */
export function referencedName(schema: JsonSchema): string | null {
  return schema.$ref?.startsWith(REF) ? schema.$ref.slice(REF.length) : null;
}

/** Leaves out what zod adds for machines and nobody can read: whole regular expressions behind a named format. */
function simplify({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if ('example' in jsonSchema) jsonSchema.examples = [jsonSchema.example];
  if ('secret' in jsonSchema) jsonSchema['x-secret'] = jsonSchema.secret;
  for (const name of ['example', 'secret', 'id']) delete jsonSchema[name];
}
