import { assert } from '../kernel/assert.ts';
import { type BoundEndpoint, bindEndpoint } from '../platform/http/bind-endpoint.ts';
import * as api from './api.ts';
import { type KeyStatus, readKeyStatus } from './read-status.ts';
import { type KeysContext, type Rotation, rotateKeys } from './rotate-keys.ts';

/** What the operator sees of the keys, and how they are rotated. */
export function keyRoutes(context: KeysContext): readonly BoundEndpoint[] {
  const { masterKeys, listTokenKeys } = context;
  const db = context.database.query;
  return [
    bindEndpoint(api.getKeyStatus, async ({ query }) => ({
      body: keyStatusJson(await readKeyStatus({ db, masterKeys, listTokenKeys }, query.tenantId ?? null)),
    })),
    bindEndpoint(api.rotateKeys, async ({ body }) => {
      const { changed, remaining, refused } = await rotateKeys(context, rotationOf(body));
      return { body: { changed, remaining, refused: [...refused] } };
    }),
  ];
}

type RotateBody =
  | { readonly what: 'master' | 'tokens' }
  | { readonly what: 'data'; readonly tenantId?: string | undefined; readonly createdBefore?: string | undefined };

function rotationOf(body: RotateBody): Rotation {
  if (body.what !== 'data') return { what: body.what };
  if (body.tenantId !== undefined) return { what: 'data', tenantId: body.tenantId };
  assert(body.createdBefore !== undefined, 'The declaration asks for one of the two');
  return { what: 'data', createdBefore: Temporal.Instant.from(body.createdBefore) };
}

/** The status as it is told: instants as text. */
export function keyStatusJson({ masterKeys, dataKeys, versions, tokenKeys }: KeyStatus): api.KeyStatusAnswer {
  return {
    masterKeys: [...masterKeys],
    dataKeys: { ...dataKeys, oldestPrimaryAt: dataKeys.oldestPrimaryAt?.toString() ?? null },
    versions: versions.map(withTexts),
    tokenKeys: tokenKeys.map(withTexts),
  };
}

function withTexts<Key extends { readonly createdAt: Temporal.Instant; readonly retiredAt: Temporal.Instant | null }>(
  key: Key,
): Omit<Key, 'createdAt' | 'retiredAt'> & { createdAt: string; retiredAt: string | null } {
  return { ...key, createdAt: key.createdAt.toString(), retiredAt: key.retiredAt?.toString() ?? null };
}
