import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventIn, type IpnDesk, reasonOf, startIpnDesk } from './bluesnap-ipn-fixture.ts';

let desk: IpnDesk;
beforeAll(async () => {
  desk = await startIpnDesk();
});
afterAll(() => desk.stage.stop());

describe('a signed body', () => {
  test.each<[string, () => string | Uint8Array]>([
    ['that is empty', () => ''],
    ['that is JSON', () => '{"transactionType":"CHARGE"}'],
    ['with a byte order mark', () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(desk.formWith({}))])],
    ['in UTF-16', () => Buffer.from(desk.formWith({}), 'utf16le')],
    ['with a line break at its end', () => `${desk.formWith({})}\r\n`],
    ['with a line break between fields', () => desk.formWith({}).replace('&', '&\n')],
    ['with a zero byte', () => `${desk.formWith({})}&custom1=\0`],
    ['with a broken escape', () => `${desk.formWith({})}&custom1=%zz`],
    ['with the type twice', () => `${desk.formWith({})}&transactionType=CHARGE`],
    ['with the amount twice', () => `${desk.formWith({})}&invoiceChargeAmount=1`],
    ['with an escaped name a second time', () => `${desk.formWith({})}&invoice%43hargeAmount=1`],
    ['with a field of no interest twice', () => `${desk.formWith({})}&custom1=a&custom1=b`],
    ['with a name beyond ASCII', () => `${desk.formWith({})}&n%C3%A4me=1`],
    ['with no end of fields', () => `${desk.formWith({})}${Array.from({ length: 500 }, (_, i) => `&x${i}=`).join('')}`],
    ['without a type', () => desk.formWith({ transactionType: undefined })],
    ['with a type in small letters', () => desk.formWith({ transactionType: 'charge' })],
    ['without a number', () => desk.formWith({ referenceNumber: undefined })],
    ['with a number that is none', () => desk.formWith({ referenceNumber: 'a|b' })],
    ['without an amount', () => desk.formWith({ invoiceChargeAmount: undefined })],
    ['with an amount of another tongue', () => desk.formWith({ invoiceChargeAmount: '1.234,50' })],
    ['with a comma for a point', () => desk.formWith({ invoiceChargeAmount: '12,50' })],
    ['with an amount finer than its currency', () => desk.formWith({ invoiceChargeAmount: '1.505' })],
    ['with a charge of nothing', () => desk.formWith({ invoiceChargeAmount: '0.00' })],
    ['with a charge of less than nothing', () => desk.formWith({ invoiceChargeAmount: '-1.00' })],
    ['in no currency', () => desk.formWith({ invoiceChargeCurrency: 'XXX' })],
  ])('%s is malformed', (_, body) => {
    expect(reasonOf(desk.read(desk.signed(body())))).toBe('malformed 400');
  });

  test.each([
    ['application/json'],
    ['multipart/form-data; boundary=x'],
    ['application/x-www-form-urlencodedx'],
    ['text/plain'],
  ])('of type %s is malformed', (type) => {
    expect(reasonOf(desk.read(desk.withHeaders({ 'content-type': [type] })))).toBe('malformed 400');
    expect(reasonOf(desk.read(desk.withHeaders({ 'content-type': [] })))).toBe('malformed 400');
  });

  test.each(['PUT', 'GET', 'HEAD'])('sent by %s is malformed', (method) => {
    expect(reasonOf(desk.read({ method }))).toBe('malformed 400');
  });

  test('may carry names in any charset, since none of them is relied on', () => {
    const form = desk.formWith({ firstName: undefined });
    expect(eventIn(desk.read(desk.signed(`${form}&firstName=J%FCrgen`)))).toMatchObject({ authoritative: true });
    expect(eventIn(desk.read(desk.signed(Buffer.from(`${form}&firstName=Jürgen`, 'latin1'))))).toMatchObject({
      authoritative: true,
    });
  });

  test.each([
    ['1,234.50', 'EUR', 123_450n],
    ['1234.5', 'EUR', 123_450n],
    ['1,234,567.89', 'USD', 123_456_789n],
    ['12', 'EUR', 1_200n],
    ['1,200', 'JPY', 1_200n],
    ['1200.00', 'JPY', 1_200n],
    ['1,234.567', 'KWD', 1_234_567n],
  ])('with %s %s tells of %i minor units', (text, currency, amount) => {
    const outcome = desk.told({ invoiceChargeAmount: text, invoiceChargeCurrency: currency });
    expect(eventIn(outcome).fact).toEqual({
      about: 'attempt',
      report: { state: 'captured', amount: { amount, currency } },
    });
  });
});
