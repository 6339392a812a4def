import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../kernel/id.ts';
import type { CreateInput } from '../provider.ts';
import { sessionExpiry } from './session-expiry.ts';
import { PUBLISHABLE_KEY, paidBy, type StripeStage, startStripeStage } from './stripe-fixture.ts';

let stage: StripeStage;
beforeAll(async () => {
  stage = await startStripeStage();
});
afterAll(async () => {
  expect(stage.failures).toEqual([]);
  await stage.stop();
});

const create = (changes: Partial<CreateInput> = {}) => stage.provider.create(stage.call(), stage.input(changes));
const CLIENT = { type: 'stripe', flow: 'client' };
const UNKNOWN = { kind: 'unknown', reason: expect.any(String) };

describe('an attempt', () => {
  test('goes to a page of Stripe that nobody may frame', async () => {
    const answer = await create();
    expect(answer).toEqual({
      kind: 'answered',
      providerRef: expect.stringMatching(/^cs_test_/),
      report: {
        state: 'requires_action',
        nextAction: { type: 'redirect', url: expect.stringContaining('/c/pay/cs_test_'), embeddable: false },
        expiresAt: stage.clock.now().add({ hours: 1 }),
      },
    });
    const { url } = (answer as { report: { nextAction: { url: string } } }).report.nextAction;
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(page.headers.get('x-frame-options')).toBe('DENY');
  });

  test('goes there without a method as well', async () => {
    expect(await create({ method: undefined })).toMatchObject({ report: { nextAction: { type: 'redirect' } } });
  });

  test('in the page of the tenant has a client secret and the publishable key', async () => {
    expect(await create({ method: CLIENT })).toEqual({
      kind: 'answered',
      providerRef: expect.stringMatching(/^pi_/),
      report: {
        state: 'requires_action',
        nextAction: {
          type: 'client',
          clientSecret: expect.stringMatching(/^pi_.*_secret_/),
          publishableKey: PUBLISHABLE_KEY,
        },
      },
    });
  });

  test('with a payment method is charged at once, or authorized until its charge says', async () => {
    const amount = { amount: 1250n, currency: 'EUR' };
    expect(await create({ method: paidBy('pm_card_visa') })).toMatchObject({ report: { state: 'captured', amount } });
    const held = await create({ method: paidBy('pm_card_visa'), captureMethod: 'manual' });
    const authorizationExpiresAt = stage.clock.now().add({ hours: 7 * 24 });
    expect(held).toMatchObject({ report: { state: 'authorized', amount, authorizationExpiresAt } });
  });

  test('whose bank wants to see the payer goes to the bank', async () => {
    const answer = await create({ method: paidBy('pm_card_authenticationRequired') });
    const nextAction = { type: 'redirect', url: expect.stringContaining('/3ds/pi_'), embeddable: false };
    expect(answer).toMatchObject({ report: { state: 'requires_action', nextAction } });
  });

  test('that takes its time is pending', async () => {
    expect(await create({ method: paidBy('pm_sim_processing') })).toMatchObject({ report: { state: 'pending' } });
  });

  test.each([
    [{ type: 'stripe', flow: 'card' }],
    [{ type: 'sandbox', token: 'tok_approve' }],
    [{ type: 'stripe', flow: 'redirect', paymentMethod: 'pm_card_visa' }],
    [{ type: 'stripe', flow: 'client', paymentMethod: 'tok_visa' }],
    ['card'],
  ])('with the method %j is refused before anything is sent', async (method) => {
    const before = stage.simulator.requests.length;
    expect(await create({ method })).toMatchObject({ kind: 'refused', code: 'invalid_method' });
    expect(stage.simulator.requests.length).toBe(before);
  });
});

describe('the same attempt again', () => {
  const METHODS = [{ type: 'stripe', flow: 'redirect' }, CLIENT, paidBy('pm_card_visa')];

  test.each(METHODS)('by %j is the same one, ten times at once too', async (method) => {
    const input = stage.input({ method });
    const before = [stage.simulator.count('checkout.session'), stage.simulator.count('payment_intent')];
    const answers = await Promise.all(Array.from({ length: 10 }, () => stage.provider.create(stage.call(), input)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    const after = [stage.simulator.count('checkout.session'), stage.simulator.count('payment_intent')];
    expect(after.reduce((sum, count) => sum + count) - before.reduce((sum, count) => sum + count)).toBe(1);
    expect(answers[0]).toMatchObject({ kind: 'answered' });
  });

  test('an hour later is still the same request, although it would now expire sooner than Stripe takes', async () => {
    const input = stage.input({ expiresAt: stage.clock.now().add({ minutes: 1 }) });
    const first = await stage.provider.create(stage.call(), input);
    stage.clock.advance({ minutes: 59 });
    expect(await stage.provider.create(stage.call(), input)).toEqual(first);
  });

  test('with another amount is unknown: what the key stands for has to be asked', async () => {
    const input = stage.input();
    await stage.provider.create(stage.call(), input);
    const other = await stage.provider.create(stage.call(), { ...input, amount: { amount: 1251n, currency: 'EUR' } });
    expect(other).toEqual({ kind: 'unknown', reason: 'status 400: idempotency_error' });
  });

  test.each(['lose', 'hang', 'truncate', 'bad_gateway'] as const)(
    'after an answer that was lost (%s) finds the charge that was made, and makes no second one',
    async (kind) => {
      const input = stage.input({ method: paidBy('pm_card_visa') });
      const before = stage.simulator.count('charge');
      stage.simulator.failNext({ kind, executed: true });
      const provider = kind === 'hang' ? stage.impatient : stage.provider;
      expect(await provider.create(stage.call(), input)).toEqual(UNKNOWN);
      const again = await stage.provider.create(stage.call(), input);
      expect(again).toMatchObject({ kind: 'answered', report: { state: 'captured' } });
      expect(stage.simulator.count('charge') - before).toBe(1);
    },
  );

  test('after an answer that was lost in the middle of nowhere is made for the first time', async () => {
    const input = stage.input({ method: paidBy('pm_card_visa') });
    stage.simulator.failNext({ kind: 'lose', executed: false });
    expect(await stage.provider.create(stage.call(), input)).toEqual(UNKNOWN);
    expect(await stage.provider.create(stage.call(), input)).toMatchObject({ report: { state: 'captured' } });
  });
});

describe('a charge whose key Stripe may have forgotten', () => {
  const ask = async (hours: number, method: unknown) => {
    let sent = 0;
    const http: ReturnType<StripeStage['call']>['http'] = {
      send: async () => {
        sent += 1;
        const timings = { totalMs: 0, firstByteMs: null };
        return { kind: 'not_sent', reason: 'unreachable', detail: 'no network', timings };
      },
    };
    const credentials = { secretKey: `sk_live_${'7'.repeat(24)}`, webhookSecret: `whsec_${'7'.repeat(24)}` };
    const input = stage.input({ method });
    const clock = { now: () => stage.clock.now().add({ hours }) };
    const answer = await stage.provider.create(stage.call({ mode: 'live', credentials, http, clock }), input);
    return `${answer.kind} ${sent}`;
  };

  test('is not sent again in live mode: it would be a second one', async () => {
    expect(await ask(22, paidBy('pm_1'))).toBe('not_sent 1');
    expect(await ask(24, paidBy('pm_1'))).toBe('unknown 0');
  });

  test('is sent where nothing is charged by the request itself', async () => {
    expect(await ask(24, CLIENT)).toBe('not_sent 1');
    expect(await ask(24, undefined)).toBe('not_sent 1');
  });
});

describe('a key that Stripe does not accept any more', () => {
  const error = JSON.stringify({ error: { type: 'invalid_request_error' } });
  const ask = async (seconds: number, method: unknown) => {
    const input = stage.input({ method });
    const clock = { now: () => stage.clock.now().add({ seconds }) };
    stage.simulator.failNext({ kind: 'answer', executed: false, status: 401, body: error });
    return (await stage.provider.create(stage.call({ clock }), input)).kind;
  };

  test('leaves a charge open that may have been made with it', async () => {
    expect(await ask(1, paidBy('pm_card_visa'))).toBe('refused');
    expect(await ask(60, paidBy('pm_card_visa'))).toBe('unknown');
    expect(await ask(60, undefined)).toBe('refused');
  });
});

describe('what is sent', () => {
  const sentFor = async (changes: Partial<CreateInput>) => {
    const answer = await create(changes);
    const form = new URLSearchParams(stage.simulator.requests.at(-1)?.body);
    return { answer, form: Object.fromEntries(form) };
  };

  test('carries description, descriptor and language, and where to come back to', async () => {
    const { form, answer } = await sentFor({
      ...{ description: 'Tea & Grüße 茶', statementDescriptor: 'TEA 7', locale: 'de-AT', captureMethod: 'manual' },
    });
    expect(answer.kind).toBe('answered');
    expect(form).toMatchObject({
      locale: 'de',
      success_url: 'https://shop.example/back?order=7',
      cancel_url: 'https://shop.example/back?order=7',
      'line_items[0][price_data][product_data][name]': 'Tea & Grüße 茶',
      'payment_intent_data[description]': 'Tea & Grüße 茶',
      'payment_intent_data[statement_descriptor_suffix]': 'TEA 7',
      'payment_intent_data[capture_method]': 'manual',
    });
  });

  test.each([
    ['pt-BR', 'pt-BR'],
    ['af', undefined],
    ['zh-Hant', 'zh'],
  ])('has for the language %s the page in %s', async (locale, sent) => {
    expect((await sentFor({ locale })).form.locale).toBe(sent);
  });

  test.each([
    [100n, 'JPY', '100'],
    [100n, 'EUR', '100'],
    [1000n, 'KWD', '1000'],
    [5n, 'ISK', '500'],
    [5n, 'UGX', '500'],
    [500n, 'MGA', '5'],
  ])('%d minor units of %s are %s of Stripe', async (amount, currency, units) => {
    for (const method of [undefined, CLIENT]) {
      const { form, answer } = await sentFor({ amount: { amount, currency }, method });
      expect(answer.kind).toBe('answered');
      expect([form.amount, form['line_items[0][price_data][unit_amount]']]).toContain(units);
    }
  });

  test.each([
    [1001n, 'KWD'],
    [501n, 'MGA'],
  ])('%d minor units of %s are refused, not rounded', async (amount, currency) => {
    expect(await create({ amount: { amount, currency } })).toMatchObject({ code: 'amount_not_representable' });
  });
});

describe('when a session ends', () => {
  const HOUR = 3_600;
  const id = () => newId('att', stage.clock);
  const now = () => Math.floor(stage.clock.now().epochMilliseconds / 1_000);

  test.each([
    [{ minutes: -5 }, 1],
    [{ minutes: 15 }, 1],
    [{ hours: 5 }, 5],
    [{ hours: 23 }, 23],
    [{ hours: 240 }, 23],
  ])('wanted after %j, it is after %i hours', (wanted, hours) => {
    expect(sessionExpiry(id(), stage.clock.now().add(wanted))).toBe(now() + hours * HOUR);
  });

  test('is left to Stripe where the id has no time', () => {
    for (const odd of ['order-7', 'att_', `pay${id().slice(3)}`, `${id()}x`, id().toUpperCase()]) {
      expect(sessionExpiry(odd, stage.clock.now())).toBeNull();
    }
  });

  test('lies within what Stripe takes, whatever is wanted, and says the same at any later time', () => {
    const span = { min: -1e9, max: 1e9 };
    fc.assert(
      fc.property(fc.integer(span), (seconds) => {
        const end = sessionExpiry(id(), stage.clock.now().add({ seconds })) ?? 0;
        expect(end).toBeGreaterThanOrEqual(now() + HOUR / 2);
        expect(end).toBeLessThanOrEqual(now() + 24 * HOUR);
      }),
    );
  });
});
