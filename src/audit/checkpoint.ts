import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';

/** How far a chain has come: so many entries, the last of which has this hash (hex). */
export interface ChainHead {
  readonly tenantId: string;
  readonly entries: number;
  readonly hash: string;
}

/** What is signed at once: the heads of the chains that have grown since they were signed last. */
export interface Checkpoint {
  /** From 1 on, without gaps. */
  readonly number: number;
  readonly at: string;
  /** SHA-256 hex of the line before, so that lines cannot be left out either; null: this is the first. */
  readonly previous: string | null;
  readonly chains: readonly ChainHead[];
}

export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

/** Writes a checkpoint as one line of JSON, whose last member signs everything before it (Ed25519, base64url). */
export function signCheckpoint(
  { number, at, previous, chains }: Checkpoint,
  { keyId, privateKey }: SigningKey,
): string {
  const heads = chains.map(({ tenantId, entries, hash }) => [tenantId, entries, hash]);
  const said = JSON.stringify({ v: 1, number, at, previous, keyId, chains: heads });
  const signature = sign(null, Buffer.from(said), privateKey).toString('base64url');
  return `${said.slice(0, -1)},"signature":"${signature}"}`;
}

const SIGNED = /^(\{.*),"signature":"([\w-]{86})"\}$/;

const shape = z.strictObject({
  v: z.literal(1),
  number: z.int().positive(),
  at: z.string(),
  previous: z.string().nullable(),
  keyId: z.string(),
  chains: z.array(z.tuple([z.string(), z.int().positive(), z.string()])),
});

export type ReadCheckpoint =
  | { readonly kind: 'signed'; readonly checkpoint: Checkpoint }
  /** No checkpoint at all, such as half a line. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'forged'; readonly number: number }
  | { readonly kind: 'unknown_key'; readonly number: number; readonly keyId: string };

/** Reads a line; nothing of it counts unless one of the keys has signed it. */
export function readCheckpoint(line: string, keys: ReadonlyMap<string, KeyObject>): ReadCheckpoint {
  const [, said, signature] = SIGNED.exec(line) ?? [];
  const read = said === undefined ? null : shape.safeParse(parsed(`${said}}`));
  if (said === undefined || signature === undefined || read?.success !== true) return { kind: 'unreadable' };
  const { number, keyId, chains } = read.data;
  const key = keys.get(keyId);
  if (key === undefined) return { kind: 'unknown_key', number, keyId };
  if (!verify(null, Buffer.from(`${said}}`), key, Buffer.from(signature, 'base64url')))
    return { kind: 'forged', number };
  const heads = chains.map(([tenantId, entries, hash]) => ({ tenantId, entries, hash }));
  return { kind: 'signed', checkpoint: { ...read.data, chains: heads } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What the line after this one names it by. */
export function hashOfLine(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}
