import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutboundHttp } from '../../platform/outbound-http.ts';
import type { CreateInput } from '../provider.ts';
import { created, listenOnLoopback, PASSWORD, type ScantopayStage, startScantopayStage } from './scantopay-fixture.ts';

let stage: ScantopayStage;
beforeEach(async () => {
  stage = await startScantopayStage();
});
afterEach(() => stage.stop());

const create = (overrides: Partial<CreateInput> = {}) => stage.provider.create(stage.call(), stage.input(overrides));

describe('creating', () => {
  it('a code waits for its payer until the payment expires', async () => {
    const input = stage.input();
    const answer = await stage.provider.create(stage.call(), input);
    const code = stage.simulator.ledger.find(input.attemptId);
    expect(answer).toEqual({
      kind: 'answered',
      providerRef: code.code,
      report: {
        state: 'requires_action',
        nextAction: { type: 'qr', payload: code.code },
        expiresAt: input.expiresAt,
      },
    });
    expect(code.hundredths).toBe(14_950n);
    expect(code.sent).toMatchObject({ useOnce: true, shortDescription: 'Payment' });
  });

  it('a hosted checkout leads to a page that is in no frame', async () => {
    const input = stage.input({ method: { type: 'scantopay', flow: 'hosted' } });
    const answer = await stage.provider.create(stage.call(), input);
    const { code, callbackUrl, notificationUrl } = stage.simulator.ledger.find(input.attemptId);
    const nextAction = { type: 'redirect', url: `${stage.simulator.url}/pay/${code}`, embeddable: false };
    expect(answer).toEqual({
      kind: 'answered',
      providerRef: input.attemptId,
      report: { state: 'requires_action', nextAction },
    });
    expect([callbackUrl, notificationUrl]).toEqual([input.returnUrl, input.notificationUrl]);
    const page = await fetch(nextAction.url);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('a wallet on the same device is called with the code and the way back', async () => {
    const answer = await create({ method: { type: 'scantopay', flow: 'app', wallet: 'absa' } });
    expect(answer).toMatchObject({
      report: {
        nextAction: {
          type: 'deep_link',
          url: expect.stringMatching(
            /^masterpass\.absa\.scheme:\/\/masterpass\.oltio\.co\.za\/\d{10}\/https%3A%2F%2Fshop\.example%2Fback%3Forder%3D7$/,
          ),
        },
      },
    });
  });

  it.each(['qr', 'hosted'])(
    'the overrides of a %s payment are passed on, the second reference filled up',
    async (flow) => {
      const overrides = { terminalId: 'T-7', subMerchantName: 'Café Ünder', mcc: '0742', rrn2: '4711' };
      const { attemptId } = await created(stage, { ...overrides, method: { type: 'scantopay', flow } });
      const { sent } = stage.simulator.ledger.find(attemptId);
      expect(sent).toMatchObject({ ...overrides, rrn2: '000000004711' });
    },
  );

  it.each([
    [undefined, 'Payment'],
    ['Tea', 'Payment Tea'],
    ['  Coffee\nand cake ', 'Coffee and cake'],
    [`${'x'.repeat(44)}😀 and more`, 'x'.repeat(44)],
    [`${'y'.repeat(44)} z`, 'y'.repeat(44)],
  ])('the description %j is shown as %j', async (description, shown) => {
    const { attemptId } = await created(stage, description === undefined ? {} : { description });
    expect(stage.simulator.ledger.find(attemptId).sent.shortDescription).toBe(shown);
  });

  it.each([
    ['invalid_method', { method: { type: 'scantopay', flow: 'card' } }],
    ['capture_not_supported', { captureMethod: 'manual' }],
    ['currency_mismatch', { amount: { amount: 100n, currency: 'EUR' } }],
    ['amount_not_supported', { amount: { amount: 0n, currency: 'ZAR' } }],
    ['invalid_override', { mcc: '74' }],
    ['invalid_override', { rrn2: '1234567890123' }],
    ['invalid_override', { terminalId: 'x'.repeat(41) }],
    [
      'return_url_too_long',
      { returnUrl: `https://a.example/${'x'.repeat(400)}`, method: { type: 'scantopay', flow: 'hosted' } },
    ],
  ] as const)('what the provider cannot do is refused without asking it: %s', async (code, overrides) => {
    expect(await create(overrides)).toMatchObject({ kind: 'refused', code });
    expect(stage.simulator.requests).toEqual([]);
  });

  it('a hosted checkout is refused without a key for its notification', async () => {
    const { notificationKey: _, ...credentials } = stage.call().credentials;
    const input = stage.input({ method: { type: 'scantopay', flow: 'hosted' } });
    const answer = await stage.provider.create(stage.call({ credentials }), input);
    expect(answer).toMatchObject({ kind: 'refused', code: 'notification_key_missing' });
    expect(stage.simulator.requests).toEqual([]);
  });

  it('a third decimal is refused, since the provider would round it', async () => {
    const credentials = { ...stage.call().credentials, currency: 'KWD' };
    const input = stage.input({ amount: { amount: 1_005n, currency: 'KWD' } });
    const answer = await stage.provider.create(stage.call({ credentials }), input);
    expect(answer).toMatchObject({ kind: 'refused', code: 'amount_not_supported' });
  });

  it('a currency without decimals is sent whole', async () => {
    const credentials = { ...stage.call().credentials, currency: 'JPY' };
    const input = stage.input({ amount: { amount: 100n, currency: 'JPY' } });
    await stage.provider.create(stage.call({ credentials }), input);
    expect(stage.simulator.ledger.find(input.attemptId).hundredths).toBe(10_000n);
  });

  it('ten copies of one request make one code, and none is refused', async () => {
    const input = stage.input();
    const answers = await Promise.all(Array.from({ length: 10 }, () => stage.provider.create(stage.call(), input)));
    expect(stage.simulator.ledger.codes.size).toBe(1);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['answered', ...Array(9).fill('unknown')]);
  });

  it.each(['qr', 'hosted'])(
    'a lost answer leaves a %s attempt open until its code is over, then it has expired',
    async (flow) => {
      const input = stage.input({ method: { type: 'scantopay', flow } });
      stage.simulator.failNext('lost_after');
      expect(await stage.provider.create(stage.call(), input)).toMatchObject({ kind: 'unknown' });
      expect(await stage.provider.create(stage.call(), input)).toMatchObject({ kind: 'unknown' });
      stage.clock.advance({ minutes: 16 });
      const repeated = await stage.provider.create(stage.call(), input);
      expect(repeated).toEqual({ kind: 'answered', providerRef: input.attemptId, report: { state: 'expired' } });
      expect(stage.simulator.ledger.codes.size).toBe(1);
    },
  );

  it('a checkout that the provider refuses in words is refused', async () => {
    const method = { type: 'scantopay', flow: 'hosted' };
    const answer = await create({ method, notificationUrl: 'http://192.0.2.1/hooks' });
    expect(answer).toMatchObject({ kind: 'refused', code: 'checkout_failed' });
  });
});

describe('credentials', () => {
  it('that work are accepted without anything made', async () => {
    expect(await stage.provider.checkCredentials(stage.call())).toEqual({ kind: 'accepted' });
    expect(stage.simulator.ledger.codes.size).toBe(0);
  });

  it('with another password are refused', async () => {
    const credentials = { ...stage.call().credentials, password: 'another-password' };
    const answer = await stage.provider.checkCredentials(stage.call({ credentials }));
    expect(answer).toMatchObject({ kind: 'refused', code: 'invalid_credentials' });
  });

  it('with an address of their own are refused in live mode, without asking it', async () => {
    const answer = await stage.provider.create(stage.call({ mode: 'live' }), stage.input());
    expect(answer).toMatchObject({ kind: 'refused', code: 'invalid_credentials' });
    expect(stage.simulator.requests).toEqual([]);
  });

  it('that are empty are refused without asking anybody', async () => {
    const credentials = { ...stage.call().credentials, password: '        ' };
    expect(await stage.provider.checkCredentials(stage.call({ credentials }))).toMatchObject({ kind: 'refused' });
    expect(stage.simulator.requests).toEqual([]);
  });

  it('without an address go to the hosts of their mode', async () => {
    const asked: string[] = [];
    const resolve = async (name: string) => {
      asked.push(name);
      throw new Error('There is no network here');
    };
    const http = createOutboundHttp({ allowPrivateTargets: true, userAgent: 'scantopay-test', resolve });
    const { apiUrl: _, ...credentials } = stage.call().credentials;
    for (const mode of ['test', 'live'] as const) {
      const answer = await stage.provider.create(stage.call({ mode, credentials, http }), stage.input());
      expect(answer).toEqual({ kind: 'not_sent', reason: 'dns_failed' });
    }
    await http.close();
    expect(asked).toEqual(['qa.scantopay.io', 'scantopay.live']);
  });

  it.each([
    ['username', 'merchant:25'],
    ['password', 'short'],
    ['notificationKey', '0'.repeat(32)],
    ['notificationKey', 'ab'.repeat(15)],
    ['notificationKey', ''],
    ['currency', 'XXX'],
    ['currency', 'KWD'],
    ['apiUrl', 'ftp://a.example'],
    ['unknownMember', 'x'],
  ])('with an unusable %s are no credentials', (name, value) => {
    const given = { ...stage.call().credentials, [name]: value };
    expect(stage.provider.credentials.safeParse(given).success).toBe(false);
  });

  it('come back from their schema as they went in', () => {
    const { credentials } = stage.call();
    expect(stage.provider.credentials.parse(credentials)).toEqual(credentials);
  });
});

describe('capabilities', () => {
  it('name exactly the methods there are', () => {
    const { capabilities, capture, release, refund, reverse, submitEvidence, cancel, complete, listSettlement } =
      stage.provider;
    expect([capture, release, submitEvidence, complete, listSettlement]).toEqual(Array(5).fill(undefined));
    expect([refund, reverse, cancel].every((method) => method !== undefined)).toBe(true);
    expect(capabilities).toMatchObject({ capture: false, reversal: true, cancel: true, unacknowledged: 'reverses' });
  });
});

describe('answers', () => {
  it.each([
    ['refused', { status: 400 }],
    ['refused', { status: 401 }],
    ['refused', { status: 403 }],
    ['refused', { status: 404 }],
    ['refused', { status: 422 }],
    ['refused', { status: 432 }],
    ['refused', { status: 513 }],
    ['not_sent', { status: 429 }],
    ['not_sent', { status: 429, contentType: 'text/html', body: '<h1>Slow down</h1>' }],
    // A taken reference may be the same request's.
    ['unknown', { status: 409 }],
    ['unknown', { status: 403, contentType: 'text/html', body: '<h1>Proxy</h1>' }],
    ['unknown', { status: 400, body: '<html>' }],
    ['unknown', { status: 200, contentType: 'text/html', body: '<h1>Welcome</h1>' }],
    ['unknown', { status: 200, body: '{}' }],
    ['unknown', { status: 200, body: '{"code":"123","expiryDate":1}' }],
    ['unknown', { status: 201, body: '{"code":"0123456789","expiryDate":1}' }],
    ['unknown', { status: 500 }],
    ['unknown', { status: 502 }],
    ['unknown', { status: 503 }],
    ['unknown', 'redirect'],
    ['unknown', 'lost_after'],
    ['unknown', 'slow_after'],
    ['unknown', 'truncated_after'],
    ['unknown', 'empty_after'],
    ['unknown', 'page_after'],
    ['unknown', 'bad_gateway_after'],
  ] as const)('a create is %s by %j', async (kind, fault) => {
    stage.simulator.failNext(fault);
    expect(await create()).toMatchObject({ kind });
    expect(stage.simulator.requests).toEqual(['POST /pluto/code/create']);
  });

  it('an answer longer than the limit is unknown', async () => {
    stage.simulator.failNext({
      status: 200,
      body: `{"code":"0123456789","expiryDate":1,"more":"${'x'.repeat(300_000)}"}`,
    });
    expect(await create()).toMatchObject({ kind: 'unknown' });
  });

  it('a refused connection is not sent', async () => {
    const server = createServer();
    const apiUrl = await listenOnLoopback(server);
    server.close();
    await once(server, 'close');
    const call = stage.call({ credentials: { ...stage.call().credentials, apiUrl } });
    expect(await stage.provider.create(call, stage.input())).toMatchObject({ kind: 'not_sent' });
  });

  it('never contain what was secret in the request, though the provider says it', async () => {
    const said = `Wrong password ${PASSWORD} ${Buffer.from(`merchant-25:${PASSWORD}`).toString('base64')}`;
    for (const status of [200, 400, 401, 455, 500]) {
      stage.simulator.failNext({ status, body: JSON.stringify({ error: said, code: said }) });
      expect(JSON.stringify(await create())).not.toMatch(/a-password|merchant-25|bWVyY2hhbnQ/);
    }
  });
});
