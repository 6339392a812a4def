import { hash } from 'node:crypto';
import { DecimalLiteral } from './parse-json.ts';

/**
 * SHA-256 hex over what a request asks for: method, path and body. Two bodies that differ only in white space, escapes
 * or the order of keys are one.
 */
export function requestFingerprint(method: string, path: string, body: unknown): string {
  return hash('sha256', `${method}\n${path}\n${canonicalJson(body)}`, 'hex');
}

/** The one text of a value that `parseJson` gave; keys in UTF-16 order, as in RFC 8785. */
function canonicalJson(value: unknown): string {
  if (value === undefined) return '';
  if (value instanceof DecimalLiteral) return value.text;
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const object = value as Readonly<Record<string, unknown>>;
  const members = Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`);
  return `{${members.join(',')}}`;
}
