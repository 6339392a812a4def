import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOutboundHttp, type OutboundRequest } from '../../platform/outbound-http.ts';
import { bluesnapCredentials } from './bluesnap-credentials.ts';
import {
  type Answer,
  ATTEMPT,
  absent,
  error,
  json,
  type Liar,
  startLiar,
  TRANSACTION,
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
const FIELDS = 'https://sandbox.bluesnap.com/services/2/payment-fields-tokens';
const UNKNOWN = { kind: 'unknown', reason: expect.any(String) };

describe('opening the hosted fields', () => {
  const create = () => provider.create(liar.call, liar.input());

  test.each<readonly [string, Answer]>([
    ...UNREADABLE.filter(([title]) => title !== 'JSON that is nothing of this'),
    ['a 201 without a Location', json(201, {})],
    ['a Location without a token', json(201, {}, { location: 'https://sandbox.bluesnap.com/services/2/' })],
    [
      'two Locations',
      (r) => r.writeHead(201, ['location', `${FIELDS}/token-one`, 'location', `${FIELDS}/token-two`]).end(),
    ],
    ['a Location with a strange token', json(201, {}, { location: 'https://x/payment-fields-tokens/%0d%0a123456' })],
  ])('answered with %s is unknown', async (_, answer) => {
    liar.write = answer;
    expect(await create()).toEqual(UNKNOWN);
  });

  test('takes the token from the Location, whatever host it names', async () => {
    liar.write = json(
      201,
      {},
      { location: 'https://elsewhere.example/services/2/payment-fields-tokens/eyJhbGci.0iJ_-1' },
    );
    expect(await create()).toMatchObject({ report: { nextAction: { clientSecret: 'eyJhbGci.0iJ_-1' } } });
  });
});

describe('the requests', () => {
  const sent: OutboundRequest[] = [];
  const recording = () => {
    sent.length = 0;
    const send = (request: OutboundRequest) => {
      sent.push(request);
      return liar.call.http.send(request);
    };
    return { ...liar.call, http: { send } };
  };

  test('carry the credentials, the version and an idempotency key of letters, digits and hyphens', async () => {
    liar.read = absent;
    liar.write = json(200, TRANSACTION);
    const created = liar.input();
    const clientData = {
      pfToken: 'a'.repeat(64),
      firstName: 'Ada',
      lastName: 'Love\nlace',
      threeDSecureReferenceId: '123',
    };
    await provider.complete?.(recording(), { attemptId: ATTEMPT, created, clientData });
    const authorization = `Basic ${Buffer.from('API_stage:pass:word of the stage').toString('base64')}`;
    expect(sent).toMatchObject([
      { method: 'GET', url: expect.stringMatching(`/services/2/transactions/${ATTEMPT},400088$`) },
      {
        method: 'POST',
        url: expect.stringMatching('/services/2/transactions$'),
        headers: { authorization, 'bluesnap-version': '3.0', 'idempotency-key': ATTEMPT.replace('_', '-') },
        timeoutMs: 1_000,
        responseBytesMax: 256 * 1024,
      },
    ]);
    expect(JSON.parse(String(sent[1]?.body))).toEqual({
      ...{ cardTransactionType: 'AUTH_CAPTURE', merchantTransactionId: ATTEMPT, amount: '12.50', currency: 'EUR' },
      ...{ pfToken: 'a'.repeat(64), transactionInitiator: 'SHOPPER' },
      cardHolderInfo: { firstName: 'Ada', lastName: 'Love lace' },
      threeDSecure: { threeDSecureReferenceId: '123' },
    });
  });

  test('leave out what no 3-D Secure reference looks like, and names that are blank', async () => {
    liar.read = absent;
    liar.write = json(200, TRANSACTION);
    const clientData = { pfToken: 'a'.repeat(64), firstName: ' ', threeDSecureReferenceId: '1"}' };
    await provider.complete?.(recording(), { attemptId: ATTEMPT, created: liar.input(), clientData });
    const body = JSON.parse(String(sent[1]?.body));
    expect(body).not.toHaveProperty('threeDSecure');
    expect(body).not.toHaveProperty('cardHolderInfo');
  });

  test.each([
    ['test', 'https://sandbox.bluesnap.com/services/2/payment-fields-tokens'],
    ['live', 'https://ws.bluesnap.com/services/2/payment-fields-tokens'],
  ] as const)('of %s mode go to its host', async (mode, url) => {
    const { apiUrl: _, ...credentials } = liar.call.credentials;
    const asked: string[] = [];
    const http = createOutboundHttp({
      allowPrivateTargets: false,
      userAgent: 'bluesnap-test',
      resolve: async () => [],
    });
    const send = (request: OutboundRequest) => {
      asked.push(request.url);
      return http.send(request);
    };
    expect(await provider.create({ ...liar.call, mode, credentials, http: { send } }, liar.input())).toMatchObject({
      kind: 'not_sent',
    });
    expect(asked).toEqual([url]);
    await http.close();
  });

  test('of live mode never go to a simulator', async () => {
    const live = { ...recording(), mode: 'live' } as const;
    const refusal = { kind: 'refused', code: 'invalid_credentials' };
    expect(await provider.create(live, liar.input())).toMatchObject(refusal);
    expect(await provider.checkCredentials(live)).toMatchObject(refusal);
    expect(sent).toEqual([]);
  });
});

describe('trying the credentials', () => {
  test.each<[number, Answer, object]>([
    [200, json(200, TRANSACTION), { kind: 'accepted' }],
    [404, absent, { kind: 'accepted' }],
    [401, (r) => void r.writeHead(401).end('<h1>No</h1>'), { kind: 'refused', code: 'invalid_credentials' }],
    [403, (r) => void r.writeHead(403).end('<h1>No</h1>'), { kind: 'refused', code: 'forbidden' }],
    [429, (r) => void r.writeHead(429).end(), { kind: 'not_sent' }],
    [404, (r) => void r.writeHead(404).end('<h1>Not here</h1>'), UNKNOWN],
    [500, json(500, error('SERVER_GENERAL_FAILURE')), UNKNOWN],
    [302, (r) => void r.writeHead(302, { location: '/' }).end(), UNKNOWN],
  ])('answered with %i', async (_, answer, expected) => {
    liar.read = answer;
    expect(await provider.checkCredentials(liar.call)).toMatchObject(expected);
  });
});

describe('credentials', () => {
  const GOOD = { apiUser: 'API_1', apiPassword: 'long enough', merchantId: '400088' };

  test('need no key to charge, and default to neither receipts nor a check of the source', () => {
    expect(bluesnapCredentials.parse(GOOD)).toEqual({ ...GOOD, requireReceipt: false, checkSource: false });
  });

  test.each([
    ['an empty signing key', { ipnKey: '' }],
    ['a signing key of blanks', { ipnKey: '          ' }],
    ['a short signing key', { ipnKey: 'seven77' }],
    ['a short Data Protection Key', { dataProtectionKey: 'seven77' }],
    ['receipts without the key that makes them', { requireReceipt: true }],
    ['a user name with a colon', { apiUser: 'a:b' }],
    ['no password', { apiPassword: '' }],
    ['a merchant that is no number', { merchantId: 'me' }],
    ['an address that is none of the web', { apiUrl: 'file:///etc/passwd' }],
    ['something unknown', { bonus: 1 }],
  ])('are refused with %s', (_, changes) => {
    expect(bluesnapCredentials.safeParse({ ...GOOD, ...changes }).success).toBe(false);
  });
});
