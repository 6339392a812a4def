/** Stripe's own package as the judge of both sides: of what the adapter sends, and of what the simulator says. */
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { newId } from '../../kernel/id.ts';
import type { AttemptRef } from '../provider.ts';
import { sessionExpiry } from './session-expiry.ts';
import { paidBy, SECRET_KEY, type StripeStage, startStripeStage } from './stripe-fixture.ts';

let stage: StripeStage;
let stripe: Stripe;
beforeAll(async () => {
  stage = await startStripeStage();
  const { hostname: host, port } = new URL(stage.simulator.url);
  stripe = new Stripe(SECRET_KEY, { host, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
});
afterAll(async () => {
  expect(stage.failures).toEqual([]);
  await stage.stop();
});

const EUR = (amount: bigint) => ({ amount, currency: 'EUR' });
const notificationUrl = 'https://pay.example/hooks/stripe/pa_1';

/** The last request as it matters to Stripe: how its lists are numbered does not. */
function lastWire(): Record<string, unknown> {
  const { method, path, query, body, headers } = present(stage.simulator.requests.at(-1), 'request');
  const fields = [...new URLSearchParams(method === 'GET' ? query : body)]
    .map(([name, value]) => [name.replace(/^expand\[\d*\]$/, 'expand[]'), value] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const { authorization, 'idempotency-key': key, 'stripe-version': version } = headers;
  return {
    method,
    path,
    fields,
    authorization,
    key,
    version,
    type: method === 'POST' ? headers['content-type'] : null,
  };
}

/** Sends the same by the adapter and by the package, and answers both wires. */
async function sideBySide(ours: () => Promise<unknown>, theirs: () => Promise<unknown>): Promise<unknown[]> {
  const wires: unknown[] = [];
  for (const send of [ours, theirs]) {
    await send();
    wires.push(lastWire());
  }
  return wires;
}

async function paid(
  captureMethod: 'automatic' | 'manual' = 'automatic',
): Promise<Required<Omit<AttemptRef, 'chargeRef'>>> {
  const input = stage.input({ method: paidBy('pm_card_visa'), captureMethod });
  const answer = await stage.provider.create(stage.call(), input);
  return { attemptId: input.attemptId, providerRef: answer.kind === 'answered' ? answer.providerRef : '' };
}

describe('the adapter writes what Stripe’s package writes', () => {
  test('for a session, so that the second is a repeat of the first', async () => {
    const input = stage.input({ description: 'Tea & Grüße 茶', statementDescriptor: 'TEA 7', captureMethod: 'manual' });
    const { attemptId, returnUrl } = input;
    const answer = await stage.provider.create(stage.call(), input);
    const ours = lastWire();
    const session = await stripe.checkout.sessions.create(
      {
        mode: 'payment',
        client_reference_id: attemptId,
        success_url: returnUrl,
        cancel_url: returnUrl,
        expires_at: present(sessionExpiry(attemptId, input.expiresAt), 'expiry'),
        line_items: [
          { quantity: 1, price_data: { currency: 'eur', unit_amount: 1250, product_data: { name: 'Tea & Grüße 茶' } } },
        ],
        adaptive_pricing: { enabled: false },
        metadata: { attempt_id: attemptId },
        payment_intent_data: {
          capture_method: 'manual',
          description: 'Tea & Grüße 茶',
          statement_descriptor_suffix: 'TEA 7',
          metadata: { attempt_id: attemptId, flow: 'redirect' },
        },
      },
      { idempotencyKey: attemptId },
    );
    expect(lastWire()).toEqual(ours);
    expect(session.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(answer).toMatchObject({ providerRef: session.id });
  });

  test('for a PaymentIntent, confirmed and not', async () => {
    for (const method of [{ type: 'stripe', flow: 'client' }, paidBy('pm_card_visa')]) {
      const input = stage.input({ method });
      const confirmed = 'paymentMethod' in method;
      const answer = await stage.provider.create(stage.call(), input);
      const ours = lastWire();
      const intent = await stripe.paymentIntents.create(
        {
          amount: 1250,
          currency: 'eur',
          capture_method: 'automatic_async',
          automatic_payment_methods: { enabled: true },
          metadata: { attempt_id: input.attemptId, flow: confirmed ? 'server' : 'client' },
          ...(confirmed ? { payment_method: 'pm_card_visa', confirm: true, return_url: input.returnUrl } : {}),
          expand: ['latest_charge'],
        },
        { idempotencyKey: input.attemptId },
      );
      expect(lastWire()).toEqual(ours);
      expect(intent.lastResponse.headers['idempotent-replayed']).toBe('true');
      expect(answer).toMatchObject({ providerRef: intent.id });
    }
  });

  test('for a capture', async () => {
    const { attemptId, providerRef } = await paid('manual');
    const captureId = newId('cap', stage.clock);
    const input = { attemptId, providerRef, captureId, amount: EUR(500n), final: true, notificationUrl };
    const [ours, theirs] = await sideBySide(
      () => present(stage.provider.capture, 'capture')(stage.call(), input),
      () =>
        stripe.paymentIntents.capture(
          providerRef,
          { amount_to_capture: 500, metadata: { capture_id: captureId } },
          { idempotencyKey: captureId },
        ),
    );
    expect(theirs).toEqual(ours);
  });

  test('for a refund', async () => {
    const { attemptId, providerRef } = await paid();
    const refundId = newId('re', stage.clock);
    const input = { attemptId, providerRef, refundId, amount: EUR(500n), reason: 'too small', notificationUrl };
    const metadata = { attempt_id: attemptId, refund_id: refundId, reason: 'too small' };
    const [ours, theirs] = await sideBySide(
      () => present(stage.provider.refund, 'refund')(stage.call(), input),
      () => stripe.refunds.create({ payment_intent: providerRef, amount: 500, metadata }, { idempotencyKey: refundId }),
    );
    expect(theirs).toEqual(ours);
  });

  test('for evidence', async () => {
    const { attemptId, providerRef } = await paid();
    const disputeRef = stage.simulator.dispute(providerRef);
    const input = { attemptId, providerRef, disputeRef, evidenceKey: 'ev_7', text: 'Delivered.\n茶' };
    const [ours, theirs] = await sideBySide(
      () => present(stage.provider.submitEvidence, 'evidence')(stage.call(), input),
      () =>
        stripe.disputes.update(
          disputeRef,
          {
            evidence: { uncategorized_text: 'Delivered.\n茶' },
            metadata: { evidence_key: 'ev_7' },
            submit: true,
            expand: ['payment_intent'],
          },
          { idempotencyKey: 'ev_7' },
        ),
    );
    expect(theirs).toEqual(ours);
  });

  test('for what is only asked', async () => {
    const attempt = await paid();
    const { providerRef } = attempt;
    const now = stage.clock.now();
    const second = now.epochMilliseconds / 1_000;
    const questions: readonly (readonly [() => Promise<unknown>, () => Promise<unknown>])[] = [
      [() => stage.provider.checkCredentials(stage.call()), () => stripe.balance.retrieve()],
      [
        () => stage.provider.retrieve(stage.call(), attempt),
        () => stripe.disputes.list({ payment_intent: providerRef, limit: 50 }),
      ],
      [
        () => stage.provider.retrieve(stage.call(), { attemptId: 'att_other', providerRef }),
        () => stripe.paymentIntents.retrieve(providerRef, { expand: ['latest_charge'] }),
      ],
      [
        () =>
          present(stage.provider.listSettlement, 'settlement')(stage.call(), {
            from: now,
            to: now.add({ seconds: 9 }),
          }),
        () =>
          stripe.balanceTransactions.list({
            created: { gte: second, lt: second + 9 },
            limit: 20,
            expand: ['data.source'],
          }),
      ],
    ];
    for (const [ours, theirs] of questions) {
      const [one, other] = await sideBySide(ours, theirs);
      expect(other).toEqual(one);
    }
  });

  test('for an end, but for the key with which the package protects its own repeats', async () => {
    const { attemptId, providerRef } = await paid('manual');
    const [ours, theirs] = await sideBySide(
      () => present(stage.provider.release, 'release')(stage.call(), { attemptId, providerRef }),
      () => stripe.paymentIntents.cancel(providerRef, { expand: ['latest_charge'] }).catch(() => null),
    );
    expect({ ...(theirs as object), key: undefined }).toEqual(ours);
  });
});

describe('Stripe’s package understands the simulator', () => {
  const failing = async (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => error,
    );

  test('in its errors', async () => {
    const declined = { amount: 100, currency: 'eur', confirm: true, return_url: 'https://shop.example/' };
    const card = await failing(
      stripe.paymentIntents.create({ ...declined, payment_method: 'pm_sim_decline_do_not_honor' }),
    );
    expect(card).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(card).toMatchObject({ code: 'card_declined', decline_code: 'do_not_honor' });
    const key = { idempotencyKey: 'once' };
    await stripe.paymentIntents.create({ amount: 100, currency: 'eur' }, key);
    const reused = await failing(stripe.paymentIntents.create({ amount: 101, currency: 'eur' }, key));
    expect(reused).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    const missing = await failing(stripe.paymentIntents.retrieve('pi_0'));
    expect(missing).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    expect(missing).toMatchObject({ code: 'resource_missing', statusCode: 404 });
    const { hostname: host, port } = new URL(stage.simulator.url);
    const stranger = new Stripe('sk_live_1', { host, port, protocol: 'http', maxNetworkRetries: 0 });
    expect(await failing(stranger.balance.retrieve())).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
  });

  test('in its lists, page by page', async () => {
    const { providerRef } = await paid();
    for (let index = 0; index < 7; index++) stage.simulator.refundAtConsole(providerRef, 1);
    const all = await stripe.refunds.list({ payment_intent: providerRef, limit: 3 }).autoPagingToArray({ limit: 100 });
    expect(new Set(all.map(({ id }) => id)).size).toBe(7);
  });

  test('in its signatures', async () => {
    await paid();
    const { webhookSecret } = stage.call().credentials;
    const notices = await stage.notifications();
    expect(notices.length).toBeGreaterThan(0);
    for (const { body, headers, receivedAt } of notices) {
      const header = present(headers['stripe-signature']?.[0], 'signature');
      const at = receivedAt.epochMilliseconds;
      const event = stripe.webhooks.constructEvent(Buffer.from(body), header, webhookSecret, 300, undefined, at);
      expect(event.api_version).toBe(Stripe.API_VERSION);
    }
  });
});

test('a notification that Stripe’s package signed is read, and one signed with another secret is not', async () => {
  await paid();
  const [genuine] = await stage.notifications();
  const payload = Buffer.from(present(genuine, 'notification').body).toString();
  const timestamp = Math.floor(stage.clock.now().epochMilliseconds / 1_000);
  const read = (secret: string) => {
    const header = stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
    const headers = { 'stripe-signature': [header] };
    return stage.provider.parseWebhook(stage.call(), { ...present(genuine, 'notification'), headers });
  };
  expect(await read(stage.call().credentials.webhookSecret)).toMatchObject({ kind: 'events' });
  expect(await read(`whsec_${'9'.repeat(24)}`)).toMatchObject({ kind: 'rejected', reason: 'bad_signature' });
});

test('the adapter speaks the version of Stripe’s package', async () => {
  await stage.provider.checkCredentials(stage.call());
  expect(lastWire().version).toBe(Stripe.API_VERSION);
});
