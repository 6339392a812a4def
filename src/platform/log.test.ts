import { expect, it } from 'vitest';
import { createLogger, type LogFields } from './log.ts';

function lineOf(fields: LogFields, message = 'A thing happened', bindings: LogFields = {}): string {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', stream: { write: (line) => void lines.push(line) } });
  log.child(bindings).info(fields, message);
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

it('writes one JSON line with time, level, fields and message', () => {
  expect(JSON.parse(lineOf({ paymentId: 'pay_1', amount: 12n, ok: true }, 'Captured', { role: 'api' }))).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    role: 'api',
    paymentId: 'pay_1',
    amount: '12',
    ok: true,
    msg: 'Captured',
  });
});

const SECRET_KEYS = [
  'authorization',
  'Authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'secret',
  'appSecret',
  'liveAppSecret',
  'app_secret',
  'client_secret',
  'secretKey',
  'password',
  'passphrase',
  'token',
  'accessToken',
  'checkoutToken',
  'apiKey',
  'x-api-key',
  'signature',
  'bls-signature',
  'credentials',
  'cardNumber',
  'card_number',
  'pan',
  'cvc',
  'cvv',
  'privateKey',
  'masterKey',
  'dataProtectionKey',
  'notificationKey',
  'setupUrl',
  'key',
  'authKey',
  'totp',
];

it.each(SECRET_KEYS)('masks %s at every depth, as text, number, object and list', (name) => {
  let nested: unknown = { [name]: 'CANARY' };
  const fields = { [name]: 'CANARY', list: [{ [name]: { inner: 'CANARY' } }], map: new Map([[name, ['CANARY']]]) };
  for (let depth = 0; depth < 9; depth++) nested = { inner: nested };
  const error = Object.assign(new Error('failed'), { [name]: 'CANARY', response: { [name]: 'CANARY' } });
  expect(lineOf({ ...fields, nested, error, bytes: Buffer.from('CANARY') })).not.toContain('CANARY');
  expect(lineOf({}, 'Bound', { [name]: 'CANARY', headers: { [name]: 'CANARY' } })).not.toContain('CANARY');
});

const TEXTS = [
  'GET /c/CANARY?x=1',
  'https://pay.test/c/CANARY/confirm',
  '/api/v1/checkout-sessions/CANARY/events',
  'Authorization: Bearer CANARY',
  'Basic Q0FOQVJZQ0FOQVJZCANARY',
  'used sk_test_abc.CANARY here',
  'whsec_CANARY',
  'eyJhbGciOiJIUzI1NiJ9.eyJDQU5BUlki.CANARY',
  'postgres://tollgate:CANARY@db.test/x',
  'https://x.test/hook?token=CANARY&a=1',
  '?signature=CANARY',
];

it.each(TEXTS)('masks the shape of a secret in any text: %s', (text) => {
  const error = new Error(text, { cause: new Error(text) });
  const line = lineOf({ text, list: [text], [text]: 1, error, url: new URL('https://a.test/c/CANARY') }, text, {
    text,
  });
  expect(line).not.toContain('CANARY');
});

it.each(['4111111111111111', '4111 1111 1111 1111', '5555-5555-5555-4444', '378282246310005', '6011000990139424'])(
  'masks the card number %s, and leaves other digits',
  (card) => {
    const line = lineOf({ description: `card ${card}, order 4111111111111112, at 1761955200000` }, `paid by ${card}.`);
    expect(line).not.toContain(card);
    const digits = card.replace(/\D/g, '');
    expect(lineOf({ a: Number(digits), b: [BigInt(digits)] })).not.toContain(digits);
    expect(line).toContain('4111111111111112');
    expect(line).toContain('1761955200000');
  },
);

it('survives cycles, hostile objects and huge values, and stays short', () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const line = lineOf({ cycle, long: 'a'.repeat(1e6), wide: Array.from({ length: 1e5 }, (_, i) => i), fn: () => 1 });
  expect(line.length).toBeLessThan(20_000);
  expect(line).toContain('too deep');
});

it('writes an error with its stack, cause and code', () => {
  const error = Object.assign(new TypeError('broken', { cause: new Error('root') }), { code: 'X1' });
  expect(JSON.parse(lineOf({ error }))).toMatchObject({
    error: {
      type: 'TypeError',
      message: 'broken',
      code: 'X1',
      stack: expect.stringContaining('log.test'),
      cause: { message: 'root' },
    },
  });
});

it('shows maps and sets, and leaves out what lies deeper than six levels', () => {
  const deep = { a: { a: { a: { a: { a: { a: { a: 'BELOW' } } } } } } };
  const line = lineOf({ map: new Map([['name', 'shown']]), set: new Set(['member']), deep });
  expect(JSON.parse(line)).toMatchObject({ map: { name: 'shown' }, set: ['member'] });
  expect(line).not.toContain('BELOW');
});

it('leaves out the rows that a database error quotes', () => {
  const error = Object.assign(new Error('duplicate key value'), {
    severity: 'ERROR',
    code: '23505',
    constraint: 'things_name_key',
    detail: 'Key (email)=(CANARY) already exists.',
    where: 'unnamed portal parameter $1 = CANARY',
  });
  const line = lineOf({ error });
  expect(line).not.toContain('CANARY');
  expect(JSON.parse(line)).toMatchObject({ error: { code: '23505', constraint: 'things_name_key' } });
});

it('leaves out what is below its level', () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'warn', stream: { write: (line) => void lines.push(line) } });
  log.info({}, 'no');
  log.debug({}, 'no');
  log.child({ a: 1 }).error({}, 'yes');
  expect(lines).toHaveLength(1);
});

it('masks 64 KiB of adversarial text in less than 20 ms', () => {
  for (const text of [
    '/c/'.repeat(20_000),
    'eyJ'.repeat(20_000),
    'a:'.repeat(30_000),
    '4 '.repeat(30_000),
    'Bearer '.repeat(9_000),
  ]) {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      lineOf({ text });
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(20);
  }
});
