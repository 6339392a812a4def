import type { Queryable } from '../platform/database.ts';
import { apiKeyMaker } from './store-keys.ts';

/** A key that made a key that made a key is as far as anybody should go to hide behind one. */
const STEPS_MAX = 10;

/**
 * Who stands behind a key, through the keys that made it: the actor who made the first of them. null: not a key, or one
 * that nobody is known to have made.
 */
export async function findKeyMaker(db: Queryable, actor: string): Promise<string | null> {
  let maker: string | null = null;
  for (let steps = 0, at: string | null = actor; steps < STEPS_MAX && at?.startsWith('key:'); steps++) {
    at = await apiKeyMaker(db, at.slice('key:'.length));
    maker = at ?? maker;
  }
  return maker;
}
