import { createHash, createHmac } from 'node:crypto';
import { bluesnapParametersOf, hasBluesnapWord } from './bluesnap-parameters.ts';
import type { Dialect, DialectKey } from './dialect.ts';
import { keysOfKind, oldestOfKind, textsOf } from './keys-of-kind.ts';
import { DEFAULT_SCHEDULE } from './schedules.ts';
import { BLUESNAP_KEY, dialectSecrets } from './secret-rules.ts';
import { signStandardWith } from './standard.ts';

/**
 * The IPN of BlueSnap: a form, signed by its headers and by those of Standard Webhooks. Only 200 acknowledges.
 * docs/dialects/bluesnap.md
 */
export const bluesnapDialect: Dialect = {
  id: 'bluesnap',
  speaks: hasBluesnapWord,
  needsPayment: true,
  encode(event, _endpoint, keys, clock) {
    const parameters = bluesnapParametersOf(event);
    if (parameters === null) return null;
    const body = formOf(parameters, keys);
    const at = clock.now();
    // One secret, one key: its UTF-8 bytes. All that are valid sign for Standard Webhooks, which lists signatures;
    // BlueSnap's header has room for one.
    const bytes = textsOf(keys, 'secret').map((text) => Buffer.from(text));
    return {
      headers: {
        ...signBluesnap(oldestOfKind(keys, 'secret').text, at, body),
        ...signStandardWith(bytes, { id: event.eventId, at, body }),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body,
    };
  },
  acknowledged: ({ status }) => status === 200,
  defaultSchedule: DEFAULT_SCHEDULE,
  ...dialectSecrets({ signing: BLUESNAP_KEY }, { data_protection: BLUESNAP_KEY }),
};

function formOf(parameters: readonly (readonly [string, string])[], keys: readonly DialectKey[]): string {
  const form = new URLSearchParams(parameters.map(([name, value]) => [name, value]));
  if (keysOfKind(keys, 'data_protection').length === 0) return form.toString();
  const { text } = oldestOfKind(keys, 'data_protection');
  const signed = `${form.get('referenceNumber') ?? ''}${form.get('contractId') ?? ''}${text}`;
  form.set('authKey', createHash('md5').update(signed).digest('hex'));
  return form.toString();
}

/** HMAC-SHA256 over the stamp and the body, nothing between them: https://support.bluesnap.com/docs/ipn-setup */
function signBluesnap(key: string, at: Temporal.Instant, body: string): Readonly<Record<string, string>> {
  const stamp = at.toString({ fractionalSecondDigits: 3 }).replace('T', ' ').replace('Z', '');
  const signature = createHmac('sha256', key).update(stamp).update(body).digest('hex');
  return { 'bls-signature': signature, 'bls-ipn-timestamp': stamp };
}
