import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/id.ts';
import { Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { type Queryable, violatedConstraint } from '../platform/database.ts';
import { type PartnerKey, type PartnerPresentation, partnerKeyPlace } from './partner-key.ts';
import type { PartnerSecret } from './sign-partner-message.ts';
import { insertPartnerKey, type Owner } from './store.ts';

interface NewPartnerKey {
  readonly name?: string | undefined;
  /** Its own id unless given. */
  readonly merchantCode?: string | undefined;
  readonly presentation: PartnerPresentation;
  readonly secret: PartnerSecret;
}

/** Stores a key with its secret sealed. Runs in the caller's transaction. @throws Problem merchant_code_taken */
export async function createPartnerKey(
  { sealer, clock }: { readonly sealer: Sealer; readonly clock: Clock },
  tx: Queryable,
  { tenantId, mode }: Owner,
  { secret, presentation, ...input }: NewPartnerKey,
): Promise<PartnerKey> {
  const partnerKeyId = newId('key', clock);
  const now = clock.now();
  const merchantCode = input.merchantCode ?? partnerKeyId;
  const key: PartnerKey = {
    ...{ tenantId, partnerKeyId, mode, merchantCode, presentation },
    name: input.name ?? merchantCode,
    algorithm: secret.algorithm,
    status: 'active',
    keySealed: await sealer.seal(partnerKeyPlace({ tenantId, partnerKeyId }), JSON.stringify(secret)),
    previousKey: null,
    createdAt: now,
    updatedAt: now,
  };
  try {
    await insertPartnerKey(tx, key);
  } catch (error) {
    if (violatedConstraint(error) !== 'partner_merchant_codes_pkey') throw error;
    throw new Problem('merchant_code_taken', 'This merchant code was given before; codes are never given twice.', {
      errors: [{ pointer: '/merchantCode', detail: 'Must not be taken' }],
    });
  }
  return key;
}
