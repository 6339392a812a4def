import { AssertionFailed, assert } from '../../kernel/assert.ts';
import type { Endpoint } from '../../kernel/endpoint.ts';
import { jsonPointer } from './parse-json.ts';

/**
 * Compares an answer with its declaration: every declared field as declared, and no other field, since a field that
 * slips out is how secrets do. Costs a second parse, so it is for tests and development.
 * @throws AssertionFailed with the places, never the values
 */
export function checkAnswer(endpoint: Endpoint, json: string): void {
  if (endpoint.answer.status === 204) {
    assert(json === '', `${endpoint.id}: an answer with status 204 has no body`);
    return;
  }
  assert(json !== '', `${endpoint.id}: the answer has no body`);
  const wire: unknown = JSON.parse(json);
  const result = endpoint.answer.schema.safeParse(wire);
  if (!result.success) {
    const places = result.error.issues.map((issue) => `${jsonPointer(issue.path) || '/'} ${issue.code}`);
    throw new AssertionFailed(`${endpoint.id}: the answer breaks its schema at ${places.join(', ')}`);
  }
  const extra = findUndeclared(wire, result.data, []);
  assert(extra === null, `${endpoint.id}: the answer has the undeclared field ${extra ?? ''}`);
}

function findUndeclared(wire: unknown, parsed: unknown, path: readonly (string | number)[]): string | null {
  if (typeof wire !== 'object' || wire === null || typeof parsed !== 'object' || parsed === null) return null;
  for (const [key, value] of Object.entries(wire)) {
    if (!Object.hasOwn(parsed, key)) return jsonPointer([...path, key]);
    const found = findUndeclared(value, (parsed as Record<string, unknown>)[key], [...path, key]);
    if (found !== null) return found;
  }
  return null;
}
