import type { TokenKey } from './key-status.ts';
import type { MasterKeys } from './master-keys.ts';
import { rewrapDataKeys } from './rewrap-data-keys.ts';
import { type RotateContext, rotateDataKey, rotateOlderDataKeys } from './rotate-data-key.ts';

export interface KeysContext extends RotateContext {
  readonly masterKeys: MasterKeys;
  /** The keys of access tokens are another slice's. */
  readonly rotateTokenKeys: () => Promise<void>;
  readonly listTokenKeys: () => Promise<readonly TokenKey[]>;
}

/** What is rotated: master keys by wrapping anew, data keys of a tenant or by age, the keys of access tokens. */
export type Rotation =
  | { readonly what: 'master' }
  | { readonly what: 'data'; readonly tenantId: string }
  | { readonly what: 'data'; readonly createdBefore: Temporal.Instant }
  | { readonly what: 'tokens' };

export interface Rotated {
  readonly changed: number;
  readonly remaining: number;
  readonly refused: readonly { readonly tenantId: string; readonly version: number }[];
}

/** Below what proxies let a request take. */
const BUDGET_MS = 8_000;

/**
 * One turn of a rotation, a few seconds of it; repeated until nothing remains.
 * @throws Problem not_found (no key of that tenant), state_conflict (a master key is not loaded, or a token key too new)
 */
export async function rotateKeys(context: KeysContext, rotation: Rotation): Promise<Rotated> {
  if (rotation.what === 'master') {
    return rewrapDataKeys({ db: context.database.query, masterKeys: context.masterKeys }, BUDGET_MS);
  }
  if (rotation.what === 'tokens') {
    await context.rotateTokenKeys();
    return { changed: 1, remaining: 0, refused: [] };
  }
  if ('tenantId' in rotation) {
    await rotateDataKey(context, rotation.tenantId);
    return { changed: 1, remaining: 0, refused: [] };
  }
  return { ...(await rotateOlderDataKeys(context, rotation.createdBefore, BUDGET_MS)), refused: [] };
}
