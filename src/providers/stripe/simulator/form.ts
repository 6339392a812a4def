import { z } from 'zod';
import { ApiError, invalidRequest } from './api-error.ts';

/** A field, a hash of fields, or a list, whose keys are its places. */
export type FormValue = string | { [name: string]: FormValue };

const DEPTH_MAX = 6;

/**
 * The fields of a form or query by Stripe's brackets: `a[b]=1`, `a[0]=x`, `a[]=x`.
 * @throws ApiError where a field comes twice or a name is no name
 */
export function parseForm(text: string): Record<string, FormValue> {
  const root: Record<string, FormValue> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const match = /^([a-z_]+)((?:\[[a-zA-Z0-9_]*\])*)$/.exec(name);
    if (match?.[1] === undefined) throw invalidRequest('parameter_unknown', 'Received an unknown parameter', name);
    const parts = [match[1], ...(match[2] ?? '').split(/[[\]]+/).slice(1, -1)];
    if (match[2]?.endsWith('[]')) parts.push('');
    if (parts.length > DEPTH_MAX) throw invalidRequest('parameter_unknown', 'Received an unknown parameter', name);
    put(root, parts, value, name);
  }
  return root;
}

function put(root: Record<string, FormValue>, parts: readonly string[], value: string, name: string): void {
  let place = root;
  for (const part of parts.slice(0, -1)) {
    place[part] ??= {};
    const next = place[part];
    if (typeof next !== 'object') throw invalidRequest('parameter_invalid', 'Invalid hash', name);
    place = next;
  }
  const last = parts.at(-1) || Object.keys(place).length.toString();
  if (Object.hasOwn(place, last)) throw invalidRequest('parameter_invalid', 'A parameter came twice', name);
  place[last] = value;
}

/**
 * The parameters as an endpoint takes them, and no others.
 * @throws ApiError naming the parameter and never its value
 */
export function readParams<Params>(schema: z.ZodType<Params>, form: unknown): Params {
  const parsed = schema.safeParse(form);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  const param = [...(issue?.path ?? []), ...unknown.slice(0, 1)].map(String).join('.');
  const code = unknown.length > 0 ? 'parameter_unknown' : 'parameter_invalid';
  const message = unknown.length > 0 ? `Received unknown parameter: ${param}` : `Invalid parameter: ${param}`;
  throw new ApiError(400, { type: 'invalid_request_error', code, message, param });
}

/** A whole number of Stripe's units, or a count. JSON integers of this size are safe. */
export const integer = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number);
export const positive = integer.refine((number) => number > 0);
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
/** Fifty entries, names of 40 characters and values of 500. https://docs.stripe.com/api/metadata */
export const metadata = z
  .record(z.string().min(1).max(40), z.string().max(500))
  .refine((entries) => Object.keys(entries).length <= 50);
export const expand = z
  .record(z.string(), z.string().max(100))
  .transform((places) => Object.values(places))
  .optional();
export const webUrl = z.url({ protocol: /^https?$/ }).max(5_000);
