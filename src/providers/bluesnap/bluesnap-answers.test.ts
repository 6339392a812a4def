import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Answer,
  closedAddress,
  error,
  json,
  type Liar,
  operationsOf,
  startLiar,
  UNREADABLE,
} from './bluesnap-liar-fixture.ts';
import { createBluesnapProvider } from './bluesnap-provider.ts';

let liar: Liar;
beforeAll(async () => {
  liar = await startLiar();
});
afterAll(() => liar.stop());
beforeEach(() => {
  liar.writes = 0;
});

const provider = createBluesnapProvider({ timeoutMs: 1_000 });
const UNKNOWN = { kind: 'unknown', reason: expect.any(String) };

describe.each(Object.values(operationsOf(provider)))('$name', ({ before, truth, ask }) => {
  beforeEach(() => {
    liar.read = before;
  });

  test('takes the truth, and sends it once', async () => {
    liar.write = json(200, truth);
    expect(await ask(liar)).toMatchObject({ kind: 'answered' });
    expect(liar.writes).toBe(1);
  });

  test.each(UNREADABLE)('answered with %s is unknown, and not tried again', async (_, answer) => {
    liar.write = answer;
    // Whether a release has happened is looked into once more after a refusal, and there is none here.
    expect(await ask(liar)).toEqual(UNKNOWN);
    expect(liar.writes).toBe(1);
  });

  test.each(UNREADABLE.filter(([title]) => !title.includes('key') && !title.includes('under way')))(
    'is not begun where the question before it is answered with %s',
    async (_, answer) => {
      liar.read = answer;
      expect(await ask(liar)).toEqual(UNKNOWN);
      expect(liar.writes).toBe(0);
    },
  );

  test.each([400, 401, 403, 409, 422])(
    'is left in doubt where the question before it is refused with %i',
    async (status) => {
      liar.read = json(status, error('USER_NOT_AUTHORIZED', 24_012));
      expect(await ask(liar)).toEqual({ kind: 'unknown', reason: 'not told: USER_NOT_AUTHORIZED' });
      expect(liar.writes).toBe(0);
    },
  );

  test.each([400, 401, 403, 404, 409, 422])(
    'refused with %i in BlueSnap’s words is refused, and quotes none',
    async (status) => {
      liar.write = json(status, error('VALIDATION_GENERAL_FAILURE'));
      expect(await ask(liar)).toEqual({
        kind: 'refused',
        code: 'validation_general_failure',
        message: 'BlueSnap refused the request: VALIDATION_GENERAL_FAILURE (10001)',
      });
    },
  );

  test('refused because of a field names the field, where that is a name', async () => {
    const because = (name: string) => ({
      message: [
        { errorName: 'VALIDATION_GENERAL_FAILURE', code: 10_001, invalidProperty: { name, messageValue: '12' } },
      ],
    });
    const refusal = 'BlueSnap refused the request: VALIDATION_GENERAL_FAILURE (10001)';
    liar.write = json(400, because('cardHolderInfo.zip'));
    expect(await ask(liar)).toMatchObject({ kind: 'refused', message: `${refusal}, field cardHolderInfo.zip` });
    liar.write = json(400, because('ada@example.com'));
    expect(await ask(liar)).toMatchObject({ kind: 'refused', message: refusal });
  });

  test.each([200, 400, 401, 402, 422, 429, 500, 503])(
    'tells no secret that an answer with %i quotes',
    async (status) => {
      const { apiUser, apiPassword, ipnKey = '' } = liar.call.credentials;
      const secrets = [apiUser, apiPassword, ipnKey, 'a'.repeat(64), '4263982640269299', 'ada@example.com'];
      const quoted = secrets.join(' ');
      for (const body of [quoted, error(quoted), error('INSUFFICIENT_FUNDS', quoted), { transactionId: quoted }]) {
        liar.write = json(status, body, { 'x-quoted': quoted });
        const text = JSON.stringify(await ask(liar));
        for (const secret of secrets) expect(text).not.toContain(secret);
      }
    },
  );

  test.each<readonly [string, Answer]>([
    ['a 429', (r) => void r.writeHead(429).end('<h1>Too many</h1>')],
    ['BlueSnap’s 503', (r) => void r.writeHead(503).end('Client request concurrency is too high')],
    ['BlueSnap’s 503 as JSON', json(503, { message: 'Request concurrency to specific service is too high.' })],
  ])('turned away by %s is not sent', async (_, answer) => {
    liar.write = answer;
    expect(await ask(liar)).toMatchObject({ kind: 'not_sent' });
  });

  test('is not sent where nobody listens', async () => {
    const apiUrl = await closedAddress();
    const call = { ...liar.call, credentials: { ...liar.call.credentials, apiUrl } };
    expect(await ask({ ...liar, call })).toMatchObject({ kind: 'not_sent', reason: 'connection_refused' });
  });
});
