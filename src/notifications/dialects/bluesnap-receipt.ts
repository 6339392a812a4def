import { createHash } from 'node:crypto';
import { bluesnapDialect } from './bluesnap.ts';
import type { Dialect } from './dialect.ts';
import { oldestOfKind, textsOf } from './keys-of-kind.ts';
import { RECEIPT_SCHEDULE } from './schedules.ts';
import { BLUESNAP_KEY, dialectSecrets } from './secret-rules.ts';

/** `OK` is what its documentation has; receivers in use answer with `ok` as well. */
const WORDS = ['OK', 'ok'] as const;

/**
 * The same notification, for receivers who answer with a receipt: 200, and as the body the MD5 of `OK` and the data
 * protection key. docs/dialects/bluesnap-receipt.md
 */
export const bluesnapReceiptDialect: Dialect = {
  ...bluesnapDialect,
  id: 'bluesnap-receipt',
  encode(event, endpoint, keys, clock) {
    // Without this key no answer is a receipt: better nothing is sent than something that nobody can acknowledge.
    oldestOfKind(keys, 'data_protection');
    return bluesnapDialect.encode(event, endpoint, keys, clock);
  },
  acknowledged({ status, body }, keys) {
    if (status !== 200) return false;
    const answer = Buffer.from(body).toString('latin1').trim().toLowerCase();
    return textsOf(keys, 'data_protection').some((key) => WORDS.some((word) => receiptOf(word, key) === answer));
  },
  defaultSchedule: RECEIPT_SCHEDULE,
  ...dialectSecrets({ signing: BLUESNAP_KEY, data_protection: BLUESNAP_KEY }),
};

function receiptOf(word: string, key: string): string {
  return createHash('md5').update(`${word}${key}`).digest('hex');
}
