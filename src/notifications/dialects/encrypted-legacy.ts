import { createCipheriv } from 'node:crypto';
import type { Dialect } from './dialect.ts';
import { encryptedPlaintextOf, hasEncryptedWord } from './encrypted-notification.ts';
import { oldestOfKind } from './keys-of-kind.ts';
import { DEFAULT_SCHEDULE } from './schedules.ts';
import { dialectSecrets, LEGACY_KEY, legacyKeyOf } from './secret-rules.ts';

/** https://developer.scantopay.io/docs/signing-and-verifying-webhooks has no other. */
const ZERO_IV = Buffer.alloc(16);

/**
 * The same notification as old receivers of Scan to Pay read it: AES-128-CBC, a vector of zeros, base64. It is encrypted
 * and not authenticated, so that `encrypted` is for everybody else. Only 200 acknowledges. docs/dialects/encrypted-legacy.md
 */
export const encryptedLegacyDialect: Dialect = {
  id: 'encrypted-legacy',
  speaks: hasEncryptedWord,
  needsPayment: true,
  encode(event, _endpoint, keys, clock) {
    const plaintext = encryptedPlaintextOf(event, clock.now());
    if (plaintext === null) return null;
    const cipher = createCipheriv('aes-128-cbc', legacyKeyOf(oldestOfKind(keys, 'notification').text), ZERO_IV);
    const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]).toString('base64');
    return { headers: { 'webhook-id': event.eventId, 'content-type': 'text/plain' }, body };
  },
  acknowledged: ({ status }) => status === 200,
  defaultSchedule: DEFAULT_SCHEDULE,
  ...dialectSecrets({ notification: LEGACY_KEY }),
};
