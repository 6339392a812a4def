import { z } from 'zod';
import { assert } from '../../kernel/assert.ts';
import type { Endpoint } from '../../kernel/endpoint.ts';
import { jsonPointer } from './parse-json.ts';

/**
 * Checks once, when an endpoint is bound, that its schemas let nothing pass in silence: `z.object` drops unknown fields,
 * so that a misspelt `amount` of a refund would mean all of it. `z.strictObject` and `z.looseObject` are both fine.
 * @throws AssertionFailed with the place
 */
export function assertStrict(endpoint: Endpoint): void {
  const parts = { params: endpoint.params, query: endpoint.query, body: endpoint.body };
  for (const [part, schema] of Object.entries(parts)) {
    if (schema === undefined) continue;
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    const place = findSilentObject(json, []);
    assert(
      place === null,
      `${endpoint.id}: ${part} ${place ?? ''} drops unknown fields in silence; use z.strictObject`,
    );
  }
  const named = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  assert(
    named.length === 0 || endpoint.params !== undefined,
    `${endpoint.id}: the path has parameters, declare params`,
  );
}

function findSilentObject(node: unknown, path: readonly (string | number)[]): string | null {
  if (typeof node !== 'object' || node === null) return null;
  const isSilent =
    'properties' in node && 'type' in node && node.type === 'object' && !('additionalProperties' in node);
  if (isSilent) return jsonPointer(path) || '/';
  for (const [key, child] of Object.entries(node)) {
    const found = findSilentObject(child, [...path, key]);
    if (found !== null) return found;
  }
  return null;
}
