import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../kernel/id.ts';
import type { AttemptRef, CreateInput } from '../provider.ts';
import type { ProviderEvent } from '../provider-webhook.ts';
import { eventsIn, PUBLISHABLE_KEY, paidBy, type StripeStage, startStripeStage } from './stripe-fixture.ts';

let stage: StripeStage;
beforeAll(async () => {
  stage = await startStripeStage();
});
afterAll(async () => {
  expect(stage.failures).toEqual([]);
  await stage.stop();
});

const EUR = (amount: bigint) => ({ amount, currency: 'EUR' });
const CLIENT = { type: 'stripe', flow: 'client' };
const MANUAL = { captureMethod: 'manual' } as const;

interface Told {
  readonly attempt: Required<Omit<AttemptRef, 'chargeRef'>>;
  /** What was told since the attempt was made, by the type of the notification, those that tell nothing left out. */
  readonly events: readonly (readonly [string, ProviderEvent])[];
  readonly types: readonly string[];
}

/** Makes an attempt, lets something happen to it, and reads every notification of that. */
async function told(changes: Partial<CreateInput>, happen: (ref: string) => unknown = () => {}): Promise<Told> {
  const before = (await stage.notifications()).length;
  const input = stage.input(changes);
  const answer = await stage.provider.create(stage.call(), input);
  if (answer.kind !== 'answered') throw new Error(JSON.stringify(answer));
  await happen(answer.providerRef);
  const sent = (await stage.notifications()).slice(before);
  const types = stage.simulator.notifications.slice(before).map(({ type }) => type);
  const events: (readonly [string, ProviderEvent])[] = [];
  for (const [index, webhook] of sent.entries()) {
    for (const event of await eventsIn(stage, webhook)) {
      // Time that passes ends the sessions of earlier tests as well.
      if (event.attempt.attemptId === input.attemptId) events.push([types[index] ?? '', event]);
    }
  }
  return { attempt: { attemptId: input.attemptId, providerRef: answer.providerRef }, events, types };
}

/** What the events come to, one line each. */
function lines({ events }: Told): string[] {
  return events.map(([type, { fact, authoritative, attempt }]) => {
    const what =
      fact.about === 'attempt'
        ? fact.report.state
        : fact.about === 'dispute'
          ? `${fact.dispute.state} ${fact.dispute.withdrawn} ${fact.dispute.reinstated}`
          : fact.about === 'refund'
            ? `${fact.refund.state} ${fact.refund.amount.amount}`
            : fact.about;
    const ref = attempt.providerRef === undefined ? '' : ` ${attempt.providerRef.slice(0, 2)}`;
    return `${type}${ref}: ${what}${authoritative ? '' : '?'}`;
  });
}

describe("on Stripe's page", () => {
  test('a payment is told by its PaymentIntent, and the end of the page only makes the gateway ask', async () => {
    const found = await told({}, (ref) => stage.simulator.approve(ref));
    expect(lines(found)).toEqual(['payment_intent.succeeded: captured', 'checkout.session.completed cs: pending?']);
    for (const [, { attempt }] of found.events) expect(found.attempt).toMatchObject(attempt);
  });

  test('an authorization makes the gateway ask until when it lasts', async () => {
    expect(lines(await told(MANUAL, (ref) => stage.simulator.approve(ref)))).toEqual([
      'payment_intent.amount_capturable_updated: authorized?',
      'checkout.session.completed cs: pending?',
    ]);
  });

  test('a decline tells nothing: the page deals with it', async () => {
    const found = await told({}, (ref) => stage.simulator.decline(ref, 'insufficient_funds'));
    expect(found.types).toContain('payment_intent.payment_failed');
    expect(found.events).toEqual([]);
  });

  test('what takes its time is pending, and then captured or not', async () => {
    const good = await told({}, (ref) => {
      stage.simulator.startProcessing(ref);
      stage.simulator.approve(ref);
    });
    expect(lines(good)).toEqual([
      'payment_intent.processing: pending',
      'checkout.session.completed cs: pending?',
      'payment_intent.succeeded: captured',
      'checkout.session.async_payment_succeeded cs: pending?',
    ]);
    const bad = await told({}, (ref) => {
      stage.simulator.startProcessing(ref);
      stage.simulator.decline(ref, 'insufficient_funds');
    });
    expect(lines(bad)).toEqual([
      'payment_intent.processing: pending',
      'checkout.session.completed cs: pending?',
      'checkout.session.async_payment_failed cs: pending?',
    ]);
    const asked = await stage.provider.retrieve(stage.call(), bad.attempt);
    expect(asked).toMatchObject({ report: { state: 'declined', decline: { reason: 'insufficient_funds' } } });
  });

  test('a session that ends is told as expired', async () => {
    const untouched = await told({}, (ref) => stage.simulator.cancelAtConsole(ref));
    expect(lines(untouched)).toEqual(['checkout.session.expired cs: expired']);
    const tried = await told({}, async (ref) => {
      stage.simulator.decline(ref, 'do_not_honor');
      stage.clock.advance({ hours: 1 });
      await stage.simulator.tick();
    });
    expect(lines(tried)).toEqual(['payment_intent.canceled: canceled?', 'checkout.session.expired cs: expired']);
  });

  test('an authorization that ends makes the gateway ask, and is not told as a refund', async () => {
    const found = await told(MANUAL, (ref) => {
      stage.simulator.approve(ref);
      stage.simulator.cancelAtConsole(ref);
    });
    expect(lines(found).at(-1)).toBe('payment_intent.canceled: canceled?');
    expect(found.types).toContain('refund.created');
    expect(lines(found).filter((line) => line.startsWith('refund'))).toEqual([]);
  });
});

describe('in the page of the tenant', () => {
  test('a payment is told by its PaymentIntent, which is the name of the attempt', async () => {
    const found = await told({ method: CLIENT }, (ref) => stage.simulator.approve(ref));
    expect(lines(found)).toEqual(['payment_intent.succeeded pi: captured']);
    expect(found.events[0]?.[1].attempt).toEqual(found.attempt);
  });

  test('a decline tells nothing: the shopper takes another card', async () => {
    const found = await told({ method: CLIENT }, (ref) => stage.simulator.decline(ref, 'insufficient_funds'));
    expect(found.events).toEqual([]);
    const asked = await stage.provider.retrieve(stage.call(), found.attempt);
    const nextAction = { type: 'client', publishableKey: PUBLISHABLE_KEY };
    expect(asked).toMatchObject({ report: { state: 'requires_action', nextAction } });
  });

  test('a cancellation is told', async () => {
    const found = await told({ method: CLIENT }, (ref) => stage.simulator.cancelAtConsole(ref));
    expect(lines(found)).toEqual(['payment_intent.canceled pi: canceled']);
  });
});

describe('with a payment method that is there already', () => {
  test('a decline is the end', async () => {
    const found = await told({ method: paidBy('pm_sim_decline_fraudulent') });
    expect(lines(found)).toEqual(['payment_intent.payment_failed pi: declined']);
    expect(found.events[0]?.[1].fact).toMatchObject({ report: { decline: { reason: 'fraud' } } });
  });

  test('the way to the bank and back is told', async () => {
    const method = paidBy('pm_card_authenticationRequired');
    expect(lines(await told({ method }, (ref) => stage.simulator.approve(ref)))).toEqual([
      'payment_intent.requires_action pi: requires_action',
      'payment_intent.succeeded pi: captured',
    ]);
    expect(lines(await told({ method }, (ref) => stage.simulator.decline(ref, 'authentication_required')))).toEqual([
      'payment_intent.requires_action pi: requires_action',
      'payment_intent.payment_failed pi: declined',
    ]);
  });

  test('the rest of a capture in part is not told as a refund', async () => {
    const found = await told({ method: paidBy('pm_card_visa'), ...MANUAL }, (ref) =>
      stage.simulator.captureAtConsole(ref, 500),
    );
    expect(found.types).toContain('refund.created');
    expect(lines(found).filter((line) => line.startsWith('refund'))).toEqual([]);
  });

  test('a capture is told by its total', async () => {
    const found = await told({ method: paidBy('pm_card_visa'), ...MANUAL }, (ref) =>
      stage.simulator.captureAtConsole(ref, 500),
    );
    expect(lines(found)).toEqual([
      'payment_intent.amount_capturable_updated pi: authorized?',
      'payment_intent.succeeded pi: captured',
    ]);
    expect(found.events[1]?.[1].fact).toMatchObject({ report: { amount: EUR(500n) } });
  });

  test('the end of an authorization makes the gateway ask what there was', async () => {
    const found = await told({ method: paidBy('pm_card_visa'), ...MANUAL }, async () => {
      stage.clock.advance({ hours: 7 * 24 });
      await stage.simulator.tick();
    });
    expect(lines(found).at(-1)).toBe('payment_intent.canceled pi: expired?');
  });
});

describe('a refund', () => {
  /** Refunds two euros of a paid session, and gives Stripe's name for that. */
  const refund = async (providerRef: string, refundId: string): Promise<string> => {
    const session = stage.simulator.object(providerRef);
    const attemptId = 'client_reference_id' in session ? (session.client_reference_id ?? '') : '';
    const input = { attemptId, providerRef, refundId, amount: EUR(200n), notificationUrl: 'https://pay.example/' };
    const answer = await stage.provider.refund?.(stage.call(), input);
    if (answer?.kind !== 'answered') throw new Error(JSON.stringify(answer));
    return answer.refund.providerRef;
  };
  const refundIn = (event: ProviderEvent | undefined) => (event?.fact.about === 'refund' ? event.fact.refund : null);

  test('of ours is told by our ids, without asking anybody', async () => {
    const refundId = newId('re', stage.clock);
    const found = await told({}, async (providerRef) => {
      stage.simulator.approve(providerRef);
      await refund(providerRef, refundId);
    });
    expect(lines(found).at(-1)).toBe('refund.created: succeeded 200');
    expect(refundIn(found.events.at(-1)?.[1])).toMatchObject({ refundId, amount: EUR(200n) });
    expect(found.events.at(-1)?.[1].attempt).toEqual({ attemptId: found.attempt.attemptId });
    const last = stage.simulator.requests.at(-1);
    expect(`${last?.method} ${last?.path}`).toBe('POST /v1/refunds');
  });

  test('made at the console is told for the attempt whose money it is, whichever way that was paid', async () => {
    for (const method of [undefined, paidBy('pm_card_visa')]) {
      const found = await told({ method }, (ref) => {
        if (method === undefined) stage.simulator.approve(ref);
        stage.simulator.refundAtConsole(ref, 200);
      });
      expect(lines(found).at(-1)).toBe('refund.created: succeeded 200');
      expect(refundIn(found.events.at(-1)?.[1])?.refundId).toBeNull();
      expect(found.events.at(-1)?.[1].attempt).toEqual({ attemptId: found.attempt.attemptId });
    }
  });

  test.each([
    ['succeeded', ['refund.created: pending 200', 'refund.updated: succeeded 200']],
    ['failed', ['refund.created: pending 200', 'refund.failed: failed 200', 'refund.updated: failed 200']],
    ['canceled', ['refund.created: pending 200', 'refund.updated: failed 200']],
  ] as const)('that is pending and then %s is told twice', async (status, expected) => {
    const found = await told({}, async (providerRef) => {
      stage.simulator.approve(providerRef);
      stage.simulator.setRefundOutcome('pending');
      const ref = await refund(providerRef, newId('re', stage.clock));
      stage.simulator.setRefundOutcome('succeeded');
      stage.simulator.moveRefund(ref, status);
    });
    expect(lines(found).filter((line) => line.startsWith('refund'))).toEqual(expected);
  });
});

describe('a dispute', () => {
  test.each([
    ["on Stripe's page", undefined],
    ['at once', paidBy('pm_card_visa')],
  ])('of money paid %s is told with what it moved, each time', async (_, method) => {
    const found = await told({ method }, (ref) => {
      if (method === undefined) stage.simulator.approve(ref);
      const id = stage.simulator.dispute(ref);
      stage.simulator.moveDispute(id, 'under_review');
      stage.simulator.moveDispute(id, 'won');
    });
    expect(lines(found).filter((line) => line.includes('dispute'))).toEqual([
      'charge.dispute.created: opened 0 0',
      'charge.dispute.funds_withdrawn: opened 1250 0',
      'charge.dispute.updated: under_review 1250 0',
      'charge.dispute.closed: won 1250 0',
      'charge.dispute.funds_reinstated: won 1250 1250',
    ]);
    for (const [, { attempt }] of found.events.filter(([type]) => type.includes('dispute'))) {
      expect(attempt).toEqual({ attemptId: found.attempt.attemptId });
    }
  });

  test('that is only an inquiry moves nothing', async () => {
    const found = await told({ method: paidBy('pm_card_createDisputeInquiry') });
    expect(lines(found).at(-1)).toBe('charge.dispute.created: inquiry 0 0');
  });

  test('is told by the time of the event, which Stripe has nowhere else', async () => {
    const found = await told({ method: paidBy('pm_card_createDispute') });
    const event = found.events.at(-1)?.[1];
    expect(event?.fact).toMatchObject({ dispute: { asOf: event?.occurredAt } });
  });
});
