import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../../kernel/clock.ts';
import { currencyCodes } from '../../kernel/currency.ts';
import { AMOUNT_MAX } from '../../kernel/money.ts';
import type { ProviderCall } from '../provider.ts';
import { amountFromBluesnap, amountToBluesnap } from './bluesnap-amount.ts';
import type { BluesnapCredentials } from './bluesnap-credentials.ts';
import { parseBluesnapWebhook } from './parse-bluesnap-webhook.ts';
import { readBluesnapForm } from './read-bluesnap-form.ts';

const currency = fc.constantFrom(...currencyCodes());
const amount = fc.bigInt({ min: 1n, max: AMOUNT_MAX });

test('an amount that goes out comes back as it was, or does not go out', () => {
  fc.assert(
    fc.property(amount, currency, (minor, code) => {
      const text = amountToBluesnap({ amount: minor, currency: code });
      if (text === null) return;
      expect(text).toMatch(/^\d{1,10}(\.\d{1,3})?$/);
      expect(amountFromBluesnap(text, code)).toBe(minor);
      // As JSON numbers the digits survive as well.
      expect(amountFromBluesnap(String(Number(text)), code)).toBe(minor);
    }),
  );
});

test('thousands may be grouped, and grouping changes nothing', () => {
  fc.assert(
    fc.property(amount, (minor) => {
      const [major = '', fraction = ''] = `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`.split('.');
      const grouped = `${BigInt(major).toLocaleString('en-US')}.${fraction}`;
      expect(amountFromBluesnap(grouped, 'EUR')).toBe(minor);
      expect(amountFromBluesnap(`-${grouped}`, 'EUR')).toBe(-minor);
    }),
  );
});

test('no text but a decimal is an amount', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.,-+eE '), maxLength: 14 }), (text) => {
      const read = amountFromBluesnap(text, 'EUR');
      if (read === null) return;
      expect(text).toMatch(/^-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/);
      expect(Number(text.replaceAll(',', ''))).toBeCloseTo(Number(read) / 100, 6);
    }),
  );
});

test.each(['1,23', '12,345,6', ',123', '1,,234', '1.', '.5', '', ' 1', '1 ', '+1', '1e3', '٣', '0x10'])(
  '%j is no amount',
  (text) => {
    expect(amountFromBluesnap(text, 'EUR')).toBeNull();
  },
);

test.each(['BTC', 'eur', ''])('there is no amount in %j', (code) => {
  expect(amountFromBluesnap('1', code)).toBeNull();
  expect(amountToBluesnap({ amount: 1n, currency: code })).toBeNull();
});

test('a form that was encoded is read as it was, unless a name comes twice', () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,10}$/);
  const value = fc.string({ unit: 'binary-ascii', maxLength: 20 });
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 20 }), (fields) => {
      const read = readBluesnapForm(Buffer.from(new URLSearchParams(fields).toString()));
      const isTwice = new Set(fields.map(([each]) => each)).size < fields.length;
      expect(read === null ? null : [...read]).toEqual(isTwice ? null : fields);
    }),
  );
});

const CREDENTIALS: BluesnapCredentials = {
  ...{ apiUser: 'API_1', apiPassword: 'password', merchantId: '1', ipnKey: 'a signing key', requireReceipt: false },
  ...{ checkSource: false, dataProtectionKey: 'a protection key' },
};

test('no request, whatever it is, is accepted by chance or breaks the parser', () => {
  const clock = new ManualClock();
  const http = { send: () => Promise.reject(new Error('nothing is sent')) };
  const headers = fc.dictionary(
    fc.constantFrom('bls-signature', 'bls-ipn-timestamp', 'content-type'),
    fc.array(fc.oneof(fc.string(), fc.constant('0'.repeat(64)), fc.constant('application/x-www-form-urlencoded'))),
  );
  const { ipnKey: _, ...unsigned } = CREDENTIALS;
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      headers,
      fc.constantFrom('POST', 'PUT', 'get'),
      fc.constantFrom<BluesnapCredentials>(CREDENTIALS, unsigned),
      (body, given, method, credentials) => {
        const call: ProviderCall<BluesnapCredentials> = { mode: 'test', credentials, http, clock };
        const request = { method, query: {}, headers: given, body, remoteAddress: '', receivedAt: clock.now() };
        expect(parseBluesnapWebhook(call, request).kind).toBe('rejected');
      },
    ),
  );
});
