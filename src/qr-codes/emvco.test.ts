import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currencyCodes } from '../kernel/currency.ts';
import { AMOUNT_MAX, toDecimal } from '../kernel/money.ts';
import { crc16 } from './crc16.ts';
import { currencyNumber } from './currency-number.ts';
import { parseEmvco } from './emvco-fields.ts';
import { checkEmvco, type EmvcoSubject, emvcoPayload } from './emvco-payload.ts';
import { emvcoProfile } from './emvco-profile.ts';

const PROFILE = emvcoProfile.parse({
  merchantName: 'Kaffeehaus Linde',
  merchantCity: 'Wien',
  countryCode: 'AT',
  accounts: [{ tag: '26', fields: { '12': 'third', '01': 'AT611904300234573201', '00': 'at.example.pay' } }],
});
const SUBJECT: EmvcoSubject = {
  profile: PROFILE,
  kind: 'dynamic',
  mcc: '5812',
  currency: 'EUR',
  amount: 1250n,
  referenceLabel: 'table-7',
  terminalId: 'till-1',
};

function fieldOf(payload: string, tag: string): unknown {
  const parsed = parseEmvco(payload);
  if (!parsed.ok) throw new Error(parsed.rule);
  return parsed.fields.find((field) => field.tag === tag)?.value;
}

describe('the CRC', () => {
  test('has the published check value', () => {
    expect(crc16('123456789')).toBe('29B1');
  });

  test('keeps its leading zeros', () => {
    const texts = Array.from({ length: 400 }, (_, index) => crc16(String(index)));
    expect(texts.filter((crc) => crc.startsWith('0')).length).toBeGreaterThan(0);
    expect(texts.every((crc) => /^[0-9A-F]{4}$/.test(crc))).toBe(true);
  });
});

describe('a payload', () => {
  test('is the one that EMVCo prints as its example, read back whole', () => {
    const example =
      '00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT' +
      '6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A6008667' +
      '0902ME91320016A0112233449988770708123456786304A13A';
    expect(parseEmvco(example)).toMatchObject({ ok: true });
    expect(fieldOf(example, '54')).toBe('23.72');
    expect(fieldOf(example, '62')).toEqual([
      { tag: '03', value: '1234' },
      { tag: '06', value: '***' },
      { tag: '07', value: 'A6008667' },
      { tag: '09', value: 'ME' },
    ]);
  });

  test('says who is paid, how much, and for what', () => {
    const payload = emvcoPayload(SUBJECT);
    expect(payload).toMatch(
      /^00020101021226510014at\.example\.pay0120AT6119043002345732011205third520458125303978540512\.505802AT5916Kaffeehaus Linde6004Wien62210507table-70706till-16304[0-9A-F]{4}$/,
    );
    expect(parseEmvco(payload)).toMatchObject({ ok: true });
  });

  test('says of a static code that it is one, and no amount where the payer enters it', () => {
    const payload = emvcoPayload({ ...SUBJECT, kind: 'static', amount: null });
    expect([fieldOf(payload, '01'), fieldOf(payload, '54')]).toEqual(['11', undefined]);
  });

  test('nests what a scheme nests', () => {
    const fields = { '00': 'A000000727', '01': { '01': '0011012345678', '00': '970403' }, '02': 'QRIBFTTA' };
    const profile = emvcoProfile.parse({ ...PROFILE, accounts: [{ tag: '38', fields }] });
    const payload = emvcoPayload({ ...SUBJECT, profile });
    expect(payload).toContain('38570010A00000072701270006970403011300110123456780208QRIBFTTA');
  });

  const text = (max: number) =>
    fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: max,
    });
  const subjects = fc.record({
    profile: fc
      .record({
        merchantName: text(25),
        merchantCity: text(15),
        postalCode: text(10),
        account: text(50),
        guid: text(32),
      })
      .map(({ account, guid, ...rest }) =>
        emvcoProfile.parse({
          ...rest,
          countryCode: 'ZA',
          accounts: [{ tag: '51', fields: { '00': guid, '02': account } }],
        }),
      ),
    kind: fc.constantFrom('static', 'dynamic'),
    mcc: fc.stringMatching(/^\d{4}$/),
    currency: fc.constantFrom(...currencyCodes()),
    amount: fc.option(fc.bigInt(1n, AMOUNT_MAX)),
    referenceLabel: text(25),
    terminalId: fc.option(text(40)),
  });

  test('is read back as what was written, whatever was written', () => {
    fc.assert(
      fc.property(subjects, (subject) => {
        expect(checkEmvco(subject)).toEqual([]);
        const payload = emvcoPayload(subject);
        expect(fieldOf(payload, '59')).toBe(subject.profile.merchantName);
        const { amount, currency } = subject;
        expect(fieldOf(payload, '54')).toBe(amount === null ? undefined : toDecimal({ amount, currency }));
        expect(fieldOf(payload, '51')).toEqual([
          { tag: '00', value: subject.profile.accounts[0]?.fields['00'] },
          { tag: '02', value: subject.profile.accounts[0]?.fields['02'] },
        ]);
      }),
    );
  });

  test('with any one character changed, taken away or added is refused', () => {
    fc.assert(
      fc.property(subjects, fc.nat(), fc.constantFrom('~', '0', 'A', ''), (subject, place, other) => {
        const payload = emvcoPayload(subject);
        const at = place % payload.length;
        fc.pre(payload[at] !== other);
        expect(parseEmvco(payload.slice(0, at) + other + payload.slice(at + 1)).ok).toBe(false);
        expect(parseEmvco(`${payload.slice(0, at)}1${payload.slice(at)}`).ok).toBe(false);
      }),
    );
  });

  /** With the CRC that is right for it. */
  const closed = (body: string) => `${body}6304${crc16(`${body}6304`)}`;
  const account = '26060002AB';
  const currency = '520458125303978';
  const city = '6001W';
  const fields = (changed: object = {}) => {
    const whole = { format: '000201', initiation: '010211', account, currency, country: '5802AT5901A', city };
    return Object.values({ ...whole, ...changed }).join('');
  };
  test.each([
    ['no account', closed(fields({ account: '' })), /names no merchant account/],
    ['no city', closed(fields({ city: '' })), /rule of field 60/],
    ['a long name for a city', closed(fields({ city: '6016Weitweitwegstadt' })), /rule of field 60/],
    ['a field twice', closed(fields({ city: city + city })), /a field twice/],
    ['another format', closed(fields({ format: '000202' })), /payload format/],
    ['the format elsewhere', closed(fields({ format: '', account: `000201${account}` })), /payload format/],
    ['an account that holds no fields', closed(fields({ account: '2602AB' })), /no fields in the template 26/],
    ['an amount with a comma', closed(fields({ city: `54041,50${city}` })), /rule of field 54/],
    ['a field without a value', closed(fields({ city: `${city}6100` })), /no row of fields/],
    ['a length beyond its end', closed(fields({ city: '6099W' })), /no row of fields/],
    ['something after its CRC', `${closed(fields())}6101A`, /end with its CRC/],
    ['nothing in it', '', /payload format/],
  ])('with %s is refused', (_what, payload, rule) => {
    expect(parseEmvco(payload)).toEqual({ ok: false, rule: expect.stringMatching(rule) });
  });

  test('is accepted in the shape of which the ones above break one rule each', () => {
    expect(parseEmvco(closed(fields()))).toMatchObject({ ok: true });
  });
});

describe('a profile', () => {
  test('whose account or labels are longer than two digits can say is refused, with its place', () => {
    const long = 'x'.repeat(80);
    const accounts = [{ tag: '26', fields: { '00': 'at.example', '01': long, '02': 'y' } }];
    const labels = { billNumber: 'b'.repeat(25), storeLabel: 's'.repeat(25), purpose: 'p'.repeat(25) };
    const profile = emvcoProfile.parse({ ...PROFILE, ...labels, accounts });
    expect(checkEmvco({ ...SUBJECT, profile, referenceLabel: 'r'.repeat(25) }).map(({ pointer }) => pointer)).toEqual([
      '/emvco/accounts/0',
      '/emvco',
    ]);
  });

  test('that makes a longer payload than phones read is refused', () => {
    const accounts = ['26', '27', '28', '29', '30', '31'].map((tag) => ({
      tag,
      fields: { '00': 'at.example', '01': 'x'.repeat(80) },
    }));
    expect(checkEmvco({ ...SUBJECT, profile: emvcoProfile.parse({ ...PROFILE, accounts }) })).toEqual([
      { pointer: '/emvco', detail: 'All of it must be at most 512 characters' },
    ]);
  });
});

test('every currency has a number of its own, and these are the known ones', () => {
  const numbers = currencyCodes().map(currencyNumber);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(['EUR', 'ZAR', 'VND', 'KWD', 'XCG', 'ZWG'].map(currencyNumber)).toEqual([
    '978',
    '710',
    '704',
    '414',
    '532',
    '924',
  ]);
});
