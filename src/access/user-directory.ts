import { createHmac } from 'node:crypto';
import { present } from '../kernel/assert.ts';
import type { Clock } from '../kernel/clock.ts';
import { takeRandomBytes } from '../kernel/random-bytes.ts';
import { type Sealer, SYSTEM } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import { insertDirectoryKey, selectDirectoryKey } from './store-users.ts';
import { canonicalEmail } from './user.ts';

/** Where a text about a person stands; bound into its seal. */
type Place = readonly [table: string, column: string, row: string];

/** Finds people by what is not kept in the clear, and seals what is kept of them. */
export interface UserDirectory {
  /** What an e-mail address is found by; without the installation's key nobody can try out whose it is. */
  digestOf(email: string): Buffer;
  seal(place: Place, text: string): Promise<Buffer>;
  open(place: Place, sealed: Uint8Array): Promise<string>;
}

const PURPOSE = 'user e-mail';
const KEY_BYTES = 32;

/** The directory of an installation's people; its key is made on first use. */
export async function createUserDirectory(db: Queryable, sealer: Sealer, clock: Clock): Promise<UserDirectory> {
  const key = await loadKey(db, sealer, clock);
  return {
    digestOf: (email) => createHmac('sha256', key).update(canonicalEmail(email)).digest(),
    seal: (place, text) => sealer.seal(placeOf(place), text),
    open: async (place, sealed) => (await sealer.open(placeOf(place), sealed)).toString('utf8'),
  };
}

async function loadKey(db: Queryable, sealer: Sealer, clock: Clock): Promise<Buffer> {
  const place = placeOf(['directory_keys', 'key_sealed', PURPOSE]);
  const known = await selectDirectoryKey(db, PURPOSE);
  if (known !== undefined) return sealer.open(place, known);
  await insertDirectoryKey(db, PURPOSE, await sealer.seal(place, takeRandomBytes(KEY_BYTES)), clock.now());
  return sealer.open(place, present(await selectDirectoryKey(db, PURPOSE), 'The key of the directory'));
}

function placeOf([table, column, row]: Place) {
  return { tenantId: SYSTEM, table, column, row };
}
