/** For tests only: the published vectors, as they stand in docs/dialects/vectors. */
import { readFile } from 'node:fs/promises';
import { present } from '../../kernel/assert.ts';
import type { DialectKey } from './dialect.ts';

export type Key = Extract<DialectKey, { readonly text: string }> & { readonly publicKey?: string };
export interface Answer {
  readonly status: number;
  readonly body: string;
}
export interface Vector {
  readonly name: string;
  readonly at: string;
  readonly keys: readonly Key[];
  readonly event: string;
  readonly endpoint?: { readonly profile: string };
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string } | null;
  readonly plaintext?: string;
  readonly acknowledgedBy: readonly Answer[];
  readonly notAcknowledgedBy: readonly Answer[];
}
export type Sent = Omit<Vector, 'request'> & { readonly request: NonNullable<Vector['request']> };

async function readJson(name: string) {
  return JSON.parse(await readFile(new URL(`../../../docs/dialects/vectors/${name}.json`, import.meta.url), 'utf8'));
}

export const VECTOR_DIALECTS = [
  'standard',
  'bluesnap',
  'bluesnap-receipt',
  'encrypted',
  'encrypted-legacy',
  'partner',
] as const;
export const VECTOR_EVENTS: Readonly<
  Record<string, { readonly event: { readonly id: string; readonly type: string } }>
> = Object.fromEntries((await readJson('events')).events.map((one: { name: string }) => [one.name, one]));
const VECTORS: Readonly<Record<string, readonly Vector[]>> = Object.fromEntries(
  await Promise.all(VECTOR_DIALECTS.map(async (id) => [id, (await readJson(id)).vectors])),
);

/** The vectors of a dialect. */
export function vectorsOf(id: string): readonly Vector[] {
  return present(VECTORS[id], `vectors of ${id}`);
}

/** Those of which something is sent. */
export function sentBy(id: string): readonly Sent[] {
  return vectorsOf(id).filter((one): one is Sent => one.request !== null);
}
