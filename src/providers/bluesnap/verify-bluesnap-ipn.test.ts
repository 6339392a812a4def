import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawWebhook, WebhookOutcome } from '../provider-webhook.ts';
import { authKeyOf, eventIn, type IpnDesk, PROTECTION_KEY, reasonOf, startIpnDesk } from './bluesnap-ipn-fixture.ts';

let desk: IpnDesk;
beforeAll(async () => {
  desk = await startIpnDesk();
});
afterAll(() => desk.stage.stop());

describe('without a signing key, by authKey alone', () => {
  const unsigned = (form: string): Partial<RawWebhook> => ({
    ...desk.withHeaders({ 'bls-signature': [], 'bls-ipn-timestamp': [] }),
    body: Buffer.from(form),
  });
  const withAuthKey = (changes: Record<string, string | undefined> = {}, key = PROTECTION_KEY): string => {
    const form = desk.formWith(changes);
    return `${form}&authKey=${authKeyOf(form, key)}`;
  };

  test('a notification is a hint, named by its content as well', () => {
    const outcome = desk.read(unsigned(withAuthKey()), desk.unsigned());
    const { authoritative, dedupeKey, contentHash } = eventIn(outcome);
    expect(authoritative).toBe(false);
    expect(dedupeKey.endsWith(`|${contentHash}`)).toBe(true);
  });

  test('a chargeback is no more than a hint either', () => {
    const form = withAuthKey({ transactionType: 'CHARGEBACK', reversalRefNum: '7' });
    expect(eventIn(desk.read(unsigned(form), desk.unsigned()))).toMatchObject({ authoritative: false });
  });

  test('neither amount nor type is authenticated, and neither can take the place of the genuine', () => {
    const genuine = eventIn(desk.read(unsigned(withAuthKey()), desk.unsigned()));
    const forged = eventIn(desk.read(unsigned(withAuthKey({ invoiceChargeAmount: '1.00' })), desk.unsigned()));
    expect(forged.authoritative).toBe(false);
    expect(forged.dedupeKey).not.toBe(genuine.dedupeKey);
  });

  test('the name may be written in small letters, and not both ways', () => {
    const form = desk.formWith({});
    const key = authKeyOf(form);
    expect(reasonOf(desk.read(unsigned(`${form}&authkey=${key.toUpperCase()}`), desk.unsigned()))).toBe('events');
    expect(reasonOf(desk.read(unsigned(`${form}&authkey=${key}&authKey=${key}`), desk.unsigned()))).toBe(
      'bad_signature 401',
    );
  });

  test.each<[string, () => string]>([
    ['no authKey', () => desk.formWith({})],
    ['an empty authKey', () => `${desk.formWith({})}&authKey=`],
    ['a short authKey', () => withAuthKey().slice(0, -2)],
    ['an authKey of another key', () => withAuthKey({}, 'another key')],
    ['an authKey of another transaction', () => withAuthKey().replace(/referenceNumber=\d+/, 'referenceNumber=7')],
    ['an authKey of another contract', () => withAuthKey().replace(/contractId=\d+/, 'contractId=7')],
  ])('%s is a bad signature', (_, form) => {
    expect(reasonOf(desk.read(unsigned(form()), desk.unsigned()))).toBe('bad_signature 401');
  });

  test('the previous key verifies too', () => {
    const call = desk.unsigned({ dataProtectionKey: 'the newer key' });
    const previousCredentials = desk.unsigned().credentials;
    expect(reasonOf(desk.read(unsigned(withAuthKey()), { ...call, previousCredentials }))).toBe('events');
    expect(reasonOf(desk.read(unsigned(withAuthKey()), call))).toBe('bad_signature 401');
  });

  test('an empty key verifies nothing', () => {
    const call = desk.unsigned({ dataProtectionKey: '' });
    expect(reasonOf(desk.read(unsigned(withAuthKey({}, '')), call))).toBe('not_configured 503');
  });

  test('a body that is no form is malformed, and says nothing', () => {
    expect(reasonOf(desk.read(unsigned('%zz'), desk.unsigned()))).toBe('malformed 400');
  });
});

describe('with receipts', () => {
  const receipt = (key: string) => createHash('md5').update(`OK${key}`).digest('hex');

  test('the answer is the MD5 of OK and the key, for what is new and what is not', () => {
    // md5sum of `OKmy protection key`
    const reply = { status: 200, contentType: 'text/plain', body: '0cad402238adb79e17d722b32a50741c' };
    const call = desk.keyed({ dataProtectionKey: 'my protection key', requireReceipt: true });
    expect(desk.read({}, call)).toMatchObject({ kind: 'events', replies: { accepted: reply, duplicate: reply } });
  });

  test('the receipt is made with the key that BlueSnap used', () => {
    const form = desk.formWith({});
    const body = `${form}&authKey=${authKeyOf(form, 'the older key')}`;
    const call = desk.keyed({ dataProtectionKey: 'the newer key', requireReceipt: true });
    const previousCredentials = desk.keyed({ dataProtectionKey: 'the older key' }).credentials;
    const reply = (outcome: WebhookOutcome) => (outcome.kind === 'events' ? outcome.replies.accepted.body : null);
    expect(reply(desk.read(desk.signed(body), { ...call, previousCredentials }))).toBe(receipt('the older key'));
    expect(reply(desk.read({}, { ...call, previousCredentials }))).toBe(receipt('the newer key'));
  });

  test('nothing is acknowledged where the key for it is missing', () => {
    expect(reasonOf(desk.read({}, desk.keyed({ requireReceipt: true })))).toBe('not_configured 503');
  });

  test('nothing with types that mean nothing is left without its receipt', () => {
    const call = desk.keyed({ dataProtectionKey: PROTECTION_KEY, requireReceipt: true });
    expect(desk.told({ transactionType: 'PAYOUT' }, call)).toMatchObject({
      replies: { accepted: { body: receipt(PROTECTION_KEY) } },
    });
  });
});

describe('the source', () => {
  const SANDBOX = ['209.128.93.232', '141.226.140.200', '141.226.141.200', '141.226.142.200', '141.226.143.200'];
  const PRODUCTION = ['209.128.93.254', '209.128.93.98', ...[0, 1, 2, 3].map((each) => `141.226.14${each}.100`)];
  const live = () => {
    const { apiUrl: _, ...credentials } = desk.keyed({ checkSource: true }).credentials;
    return desk.stage.call({ mode: 'live', credentials });
  };

  test('is BlueSnap’s own list of the environment, where that is asked for', () => {
    for (const remoteAddress of SANDBOX) {
      expect(reasonOf(desk.read({ remoteAddress }, desk.keyed({ checkSource: true })))).toBe('events');
      expect(reasonOf(desk.read({ remoteAddress }, live()))).toBe('wrong_source 401');
    }
    for (const remoteAddress of PRODUCTION) {
      expect(reasonOf(desk.read({ remoteAddress }, desk.keyed({ checkSource: true })))).toBe('wrong_source 401');
      expect(reasonOf(desk.read({ remoteAddress }, live()))).toBe('events');
    }
    expect(reasonOf(desk.read({ remoteAddress: '::FFFF:141.226.140.200' }, desk.keyed({ checkSource: true })))).toBe(
      'events',
    );
  });

  test.each(['', '127.0.0.1', '::1', '141.226.140.2000', '1.141.226.140.200'])('%j is nobody’s', (remoteAddress) => {
    expect(reasonOf(desk.read({ remoteAddress }, desk.keyed({ checkSource: true })))).toBe('wrong_source 401');
    expect(reasonOf(desk.read({ remoteAddress }))).toBe('events');
  });

  test('does not replace the signature', () => {
    const outcome = desk.read(desk.withHeaders({ 'bls-signature': [] }), desk.keyed({ checkSource: true }));
    expect(reasonOf(outcome)).toBe('bad_signature 401');
  });
});
