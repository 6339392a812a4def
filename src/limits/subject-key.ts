import { randomBytes } from 'node:crypto';
import type { SealedPlace, Sealer } from '../keys/sealer.ts';
import type { LimitBasket } from './limit-basket.ts';

type Named = Pick<LimitBasket, 'tenantId' | 'basketId'>;

const KEY_BYTES = 32;

/**
 * A new key for the digests of one basket, sealed. Its own, so that what was counted is found again when the tenant's data
 * key has been changed, and so that the rows of two baskets do not tell that they are of one customer.
 */
export function newSubjectKey(sealer: Sealer, basket: Named): Promise<Buffer> {
  return sealer.seal(place(basket), randomBytes(KEY_BYTES));
}

/** The key of a basket's digests. @throws DataKeyMissing */
export function openSubjectKey(sealer: Sealer, basket: LimitBasket): Promise<Buffer> {
  return sealer.open(place(basket), basket.subjectKeySealed);
}

function place({ tenantId, basketId }: Named): SealedPlace {
  return { tenantId, table: 'limit_baskets', column: 'subject_key_sealed', row: basketId };
}
