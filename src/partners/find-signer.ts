import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { SYSTEM } from '../keys/sealer.ts';
import type { Database } from '../platform/database.ts';
import { ExpiringCache } from '../platform/expiring-cache.ts';
import { admitTenant, forInstallation } from '../platform/tenant-scope.ts';
import { newSharedSecret } from './make-partner-secret.ts';
import { openSealed, type PartnerContext, previousSecretOf } from './open-partner-key.ts';
import { MERCHANT_CODE, type PartnerKey, partnerKeyPlace } from './partner-key.ts';
import { isPartnerSignature, type PartnerSecret, RSA_BITS_MIN } from './sign-partner-message.ts';
import { selectMerchantCode, selectUsableKey } from './store.ts';

/** Who signed a request, and with which version of the key; the answer is signed with the same one. */
export interface Signer {
  readonly key: PartnerKey;
  readonly secret: PartnerSecret;
}

interface SignedRequest {
  /** As the message claims, unverified. */
  readonly merchantCode: unknown;
  readonly text: string;
  readonly signature: unknown;
}

/**
 * Who signed a text; null where it is unsigned, wrongly signed, or names nobody. All of these take the same steps: two
 * reads, two secrets opened, each compared in both algorithms, where need be with decoys. So neither answer nor time
 * tells whether there is such a merchant, how it signs, or that its key is being rotated.
 */
export async function findSigner(context: PartnerContext, request: SignedRequest): Promise<Signer | null> {
  const { database, sealer, clock } = context;
  const code = typeof request.merchantCode === 'string' ? request.merchantCode : '';
  const signature = typeof request.signature === 'string' ? request.signature : '';
  const key = await forInstallation('directory', async () => {
    const owner = await selectMerchantCode(database.query, MERCHANT_CODE.test(code) ? code : '');
    return selectUsableKey(database.query, owner?.tenantId ?? '', owner?.partnerKeyId ?? '');
  });
  const decoy = await decoyOf(context);
  const current = key === null ? null : { place: partnerKeyPlace(key), sealed: key.keySealed };
  const previous = key === null ? null : previousSecretOf(clock, key);
  const matching: PartnerSecret[] = [];
  for (const candidate of [current, previous]) {
    const secret = await openSealed(sealer, candidate ?? { place: decoy.place, sealed: await decoy.sealed() });
    const byAlgorithm = {
      'hmac-sha256': secret.algorithm === 'hmac-sha256' ? secret : decoy.hmac,
      'rsa-sha256': secret.algorithm === 'rsa-sha256' ? secret : decoy.rsa,
    };
    const fits = {
      'hmac-sha256': isPartnerSignature(byAlgorithm['hmac-sha256'], request.text, signature),
      'rsa-sha256': isPartnerSignature(byAlgorithm['rsa-sha256'], request.text, signature),
    };
    if (candidate !== null && fits[secret.algorithm]) matching.push(secret);
  }
  const [secret] = matching;
  if (key === null || secret === undefined) return null;
  admitTenant(key.tenantId);
  return { key, secret };
}

/** Keys that nobody holds, sealed like any other. */
interface Decoy {
  readonly place: ReturnType<typeof partnerKeyPlace>;
  /** Sealed anew every now and then: the key that it was sealed under may be rotated and destroyed. */
  readonly sealed: () => Promise<Uint8Array>;
  readonly hmac: PartnerSecret;
  readonly rsa: PartnerSecret;
}

const makePair = promisify(generateKeyPair);
const decoys = new WeakMap<Database, Promise<Decoy>>();

function decoyOf(context: PartnerContext): Promise<Decoy> {
  const known = decoys.get(context.database);
  if (known !== undefined) return known;
  const making = makeDecoy(context);
  decoys.set(context.database, making);
  // A failure is not remembered: the next request tries again.
  making.catch(() => decoys.delete(context.database));
  return making;
}

async function makeDecoy({ sealer }: PartnerContext): Promise<Decoy> {
  const place = partnerKeyPlace({ tenantId: SYSTEM, partnerKeyId: 'decoy' });
  const hmac: PartnerSecret = { algorithm: 'hmac-sha256', secretKey: newSharedSecret() };
  const { privateKey, publicKey } = await makePair('rsa', { modulusLength: RSA_BITS_MIN });
  const rsa: PartnerSecret = {
    algorithm: 'rsa-sha256',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
  };
  const cache = new ExpiringCache<Uint8Array>({ lifetimeMs: 60_000, entriesMax: 1 });
  return { place, sealed: () => cache.get('', () => sealer.seal(place, JSON.stringify(hmac))), hmac, rsa };
}
