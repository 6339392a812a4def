import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { newId } from '../../kernel/id.ts';
import type { OutboundRequest } from '../../platform/outbound-http.ts';
import type { Fault } from './simulator/serve-http.ts';
import { safeSentence } from './stripe-client.ts';
import { stripeCredentials } from './stripe-credentials.ts';
import { PUBLISHABLE_KEY, paidBy, SECRET_KEY, type StripeStage, startStripeStage } from './stripe-fixture.ts';

let stage: StripeStage;
beforeAll(async () => {
  stage = await startStripeStage();
});
afterAll(async () => {
  expect(stage.failures).toEqual([]);
  await stage.stop();
});

const ATTEMPT = { attemptId: 'att_1', providerRef: 'pi_1' };
const EUR = { amount: 500n, currency: 'EUR' };
type Ask = (provider: StripeStage['provider']) => Promise<{ readonly kind: string }> | undefined;

const PASS: Fault = { kind: 'none' };

/** Each has its request spoiled that moves something, and not one that only looks. */
const MUTATIONS: readonly (readonly [string, (fault: Fault) => Promise<Ask>])[] = [
  [
    'create',
    async (fault) => {
      stage.simulator.failNext(fault);
      return (provider) => provider.create(stage.call(), stage.input());
    },
  ],
  [
    'capture',
    async (fault) => {
      const made = stage.input({ method: paidBy('pm_card_visa'), captureMethod: 'manual' });
      const answer = await stage.provider.create(stage.call(), made);
      const providerRef = answer.kind === 'answered' ? answer.providerRef : '';
      stage.simulator.failNext(PASS, fault);
      const input = { attemptId: made.attemptId, providerRef, captureId: newId('cap', stage.clock), amount: EUR };
      return (provider) =>
        provider.capture?.(stage.call(), { ...input, final: true, notificationUrl: 'https://pay.example/' });
    },
  ],
  [
    'release',
    async (fault) => {
      stage.simulator.failNext(fault);
      return (provider) => provider.release?.(stage.call(), ATTEMPT);
    },
  ],
  [
    'checkCredentials',
    async (fault) => {
      stage.simulator.failNext(fault);
      return (provider) => provider.checkCredentials(stage.call());
    },
  ],
];

const refusal = (error: Record<string, unknown>) =>
  JSON.stringify({ error: { type: 'invalid_request_error', ...error } });
const CERTAIN: readonly (readonly [number, string, string])[] = [
  [400, refusal({ code: 'parameter_invalid' }), 'refused parameter_invalid'],
  [400, refusal({}), 'refused invalid_request_error'],
  [401, refusal({ message: 'Invalid API Key provided: sk_test_****5555' }), 'refused invalid_credentials'],
  [402, refusal({ code: 'balance_insufficient' }), 'refused balance_insufficient'],
  [403, refusal({ code: 'more_permissions_required' }), 'refused insufficient_permissions'],
  [404, refusal({ code: 'resource_missing' }), 'refused resource_missing'],
  [429, refusal({ code: 'rate_limit' }), 'not_sent rate_limit'],
  [429, refusal({ code: 'lock_timeout' }), 'not_sent lock_timeout'],
];
const OPEN: readonly (readonly [number, string])[] = [
  [409, refusal({ code: 'idempotency_key_in_use' })],
  [400, refusal({ type: 'idempotency_error' })],
  [422, refusal({ code: 'unprocessable' })],
  [424, refusal({ code: 'external_dependency_failed' })],
  [500, JSON.stringify({ error: { type: 'api_error', message: 'sorry' } })],
  [400, JSON.stringify({ error: { type: 'api_error', message: 'sorry' } })],
  [502, '<h1>502 Bad Gateway</h1>'],
  [503, ''],
  [404, '<h1>not here</h1>'],
  [401, '{}'],
  [429, 'slow down'],
  [200, ''],
  [200, '<h1>hello</h1>'],
  [200, '{"id":'],
  [200, '"pi_1"'],
  [200, '{}'],
  [200, `{"x":"${'x'.repeat(300 * 1024)}"}`],
  [302, ''],
];

const said = (answer: object | undefined) => {
  const { kind, code, reason } = { code: undefined, reason: undefined, kind: '', ...answer };
  return `${kind} ${code ?? reason ?? ''}`;
};

describe.each(MUTATIONS)('%s', (_, prepare) => {
  test.each(CERTAIN)('answered %i %s is %s', async (status, body, expected) => {
    const ask = await prepare({ kind: 'answer', executed: false, status, body });
    expect(said(await ask(stage.provider))).toBe(expected);
  });

  test.each(OPEN)('answered %i with %.40s is unknown, and no address in it is followed', async (status, body) => {
    const headers = { location: '/v1/payment_intents/pi_elsewhere' };
    const ask = await prepare({ kind: 'answer', executed: false, status, body, headers });
    expect(await ask(stage.provider)).toEqual({ kind: 'unknown', reason: expect.any(String) });
    expect(stage.simulator.requests.at(-1)?.path).not.toContain('elsewhere');
  });

  test('without a whole answer is unknown', async () => {
    expect(await (await prepare({ kind: 'hang', executed: false }))(stage.impatient)).toMatchObject({
      kind: 'unknown',
    });
    expect(await (await prepare({ kind: 'truncate', executed: false }))(stage.provider)).toMatchObject({
      kind: 'unknown',
    });
  });
});

test('nobody listening means that nothing was sent', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
  await once(server, 'close');
  const call = stage.call();
  const closed = { ...call, credentials: { ...call.credentials, apiUrl } };
  expect(await stage.provider.create(closed, stage.input())).toMatchObject({ kind: 'not_sent' });
  expect(await stage.provider.retrieve(closed, ATTEMPT)).toMatchObject({ kind: 'unknown' });
});

describe('every request', () => {
  test('carries key, version and form, and a key of its own only where something is moved', async () => {
    const input = stage.input();
    await stage.provider.create(stage.call(), input);
    const sent = present(stage.simulator.requests.at(-1), 'request');
    expect(sent.headers).toMatchObject({
      authorization: `Bearer ${SECRET_KEY}`,
      'stripe-version': '2026-10-28.endive',
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': input.attemptId,
    });
    await stage.provider.checkCredentials(stage.call());
    const { headers, body } = present(stage.simulator.requests.at(-1), 'request');
    expect([headers['idempotency-key'], headers['content-type'], body]).toEqual([undefined, undefined, '']);
  });

  test('of live mode goes to Stripe and nowhere else', async () => {
    const seen: OutboundRequest[] = [];
    const timings = { totalMs: 0, firstByteMs: null };
    const http = {
      send: async (request: OutboundRequest) => {
        seen.push(request);
        return { kind: 'lost', reason: 'reset', detail: '', timings } as const;
      },
    };
    const credentials = { secretKey: `rk_live_${'7'.repeat(24)}`, webhookSecret: `whsec_${'7'.repeat(24)}` };
    const live = stage.call({ mode: 'live', credentials, http });
    await stage.provider.create(live, stage.input());
    await stage.provider.checkCredentials(live);
    expect(seen.map(({ url }) => new URL(url).origin)).toEqual(['https://api.stripe.com', 'https://api.stripe.com']);
  });
});

describe('credentials', () => {
  const LIVE = { secretKey: `sk_live_${'7'.repeat(24)}`, publishableKey: `pk_live_${'7'.repeat(24)}` };
  const test_ = () => stage.call().credentials;

  test('are accepted by Stripe, or not', async () => {
    expect(await stage.provider.checkCredentials(stage.call())).toEqual({ kind: 'accepted' });
    const body = JSON.stringify({ object: 'balance', livemode: true });
    stage.simulator.failNext({ kind: 'answer', executed: false, status: 200, body });
    expect(await stage.provider.checkCredentials(stage.call())).toMatchObject({ code: 'invalid_credentials' });
  });

  test.each([
    ['a live key in test mode', 'test', { secretKey: LIVE.secretKey }],
    ['a live restricted key in test mode', 'test', { secretKey: `rk_live_${'7'.repeat(24)}` }],
    ['a test key in live mode', 'live', {}],
    ['a live publishable key in test mode', 'test', { publishableKey: LIVE.publishableKey }],
    ['a test publishable key in live mode', 'live', { secretKey: LIVE.secretKey }],
    ['another address in live mode', 'live', LIVE],
    ['no key', 'test', { secretKey: '' }],
  ] as const)('with %s are refused before anything is sent', async (_, mode, changes) => {
    const before = stage.simulator.requests.length;
    const call = stage.call({ mode, credentials: { ...test_(), ...changes } });
    for (const answer of [
      await stage.provider.create(call, stage.input()),
      await stage.provider.checkCredentials(call),
      await stage.provider.cancel?.(call, ATTEMPT),
    ]) {
      expect(answer).toMatchObject({ kind: 'refused', code: 'invalid_credentials' });
      expect(JSON.stringify(answer)).not.toContain('7777');
    }
    expect(stage.simulator.requests.length).toBe(before);
  });

  test.each<[string, Record<string, unknown>]>([
    ['a publishable key for a secret one', { secretKey: PUBLISHABLE_KEY }],
    ['a short key', { secretKey: 'sk_test_1' }],
    ['no signing secret', { webhookSecret: '' }],
    ['a short signing secret', { webhookSecret: 'whsec_1' }],
    ['a signing secret that is none', { webhookSecret: SECRET_KEY }],
    ['an address that is none', { apiUrl: 'ftp://stripe.example' }],
    ['an unknown member', { bonus: 1 }],
  ])('with %s are no credentials', (_, changes) => {
    const parsed = stripeCredentials.safeParse({ ...test_(), ...changes });
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).not.toContain(SECRET_KEY);
  });

  test('mark what is secret', () => {
    const { secretKey, webhookSecret, publishableKey } = stripeCredentials.shape;
    expect([secretKey, webhookSecret, publishableKey].map((field) => field.meta()?.secret)).toEqual([
      true,
      true,
      undefined,
    ]);
  });
});

describe('what Stripe says', () => {
  test('never has a key in it when it is passed on', async () => {
    const message = `No such thing for ${SECRET_KEY} or whsec_abcdef0123456789 or pi_1_secret_abc`;
    const body = refusal({ code: `odd_${SECRET_KEY}`, message });
    stage.simulator.failNext({ kind: 'answer', executed: false, status: 400, body });
    const answer = await stage.provider.create(stage.call(), stage.input());
    expect(answer).toMatchObject({ kind: 'refused', message: 'No such thing for [key] or [key] or [key]' });
    expect(JSON.stringify(answer)).not.toContain('5555');
  });

  test('is cut, and keeps no key whatever surrounds it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const told = safeSentence(`${before} ${SECRET_KEY} ${after}`);
        expect(told).not.toContain('555555');
        expect(told.length).toBeLessThanOrEqual(300);
      }),
    );
  });
});
