import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import { newId } from '../../kernel/id.ts';
import type { CaptureInput, CreateInput, ReversalInput } from '../provider.ts';
import { closedAddress, eventIn, pass, startWorld, statesReceived, type World } from './sandbox-fixture.ts';
import { createSandboxProvider } from './sandbox-provider.ts';
import { merchantAt } from './server/merchant-fixture.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const euro = (amount: bigint) => ({ amount, currency: 'EUR' });

async function opened(token: string, changes: Partial<CreateInput> = {}): Promise<CreateInput> {
  const input = world.input(token, changes);
  await world.provider.create(world.call, input);
  return input;
}

const authorized = (amount = 1250n) => opened('tok_approve', { captureMethod: 'manual', amount: euro(amount) });

function captureInput({ attemptId }: CreateInput, amount: bigint, final = false): CaptureInput {
  const captureId = newId('cap', world.clock);
  return { attemptId, captureId, amount: euro(amount), final, notificationUrl: world.receiver.url };
}

function reversalInput({ attemptId }: CreateInput, amount: bigint): ReversalInput {
  return {
    attemptId,
    reversalId: newId('rev', world.clock),
    amount: euro(amount),
    notificationUrl: world.receiver.url,
  };
}

const capture = async (input: CaptureInput) => present(await world.provider.capture?.(world.call, input), 'answer');
const reverse = async (input: ReversalInput) => present(await world.provider.reverse?.(world.call, input), 'answer');
const release = async (input: CreateInput) => {
  return present(await world.provider.release?.(world.call, { attemptId: input.attemptId }), 'answer');
};
const retrieve = (input: CreateInput) => world.provider.retrieve(world.call, input);

/** The facts of the notifications so far, first the oldest. */
async function facts() {
  const events = await Promise.all(world.receiver.received.map((webhook) => eventIn(world, webhook)));
  return events.map(({ fact }) => fact);
}

describe('captures', () => {
  test('are reported one by one, and the attempt stays authorized with its whole amount', async () => {
    const input = await authorized();
    const wanted = captureInput(input, 500n);
    const answer = await capture(wanted);
    const report = {
      ...{ captureId: wanted.captureId, providerRef: expect.stringMatching(/^cp_/), amount: euro(500n) },
      ...{ final: false, state: 'succeeded' },
    };
    expect(answer).toEqual({ kind: 'answered', capture: report });
    const authorizationExpiresAt = Temporal.Instant.from('2026-01-08T00:00:00Z');
    expect(await retrieve(input)).toMatchObject({
      ...{ report: { state: 'authorized', amount: euro(1250n), authorizationExpiresAt } },
      ...{ captures: [report], refunds: [], reversals: [], disputes: [] },
    });
    await capture(captureInput(input, 250n, true));
    expect(await retrieve(input)).toMatchObject({
      report: { state: 'captured', amount: euro(750n) },
      captures: [{ final: false }, { final: true }],
    });
  });

  test('are told as facts about the capture alone', async () => {
    const input = await authorized();
    const wanted = captureInput(input, 1250n);
    await capture(wanted);
    await world.sandbox.tick();
    expect(await facts()).toEqual([
      { about: 'attempt', report: expect.objectContaining({ state: 'authorized' }) },
      {
        about: 'capture',
        capture: {
          ...{ captureId: wanted.captureId, providerRef: expect.stringMatching(/^cp_/), amount: euro(1250n) },
          ...{ final: false, state: 'succeeded' },
        },
      },
    ]);
  });

  test('of two racing captures of 60 % one is refused', async () => {
    const input = await authorized();
    const answers = await Promise.all([captureInput(input, 750n), captureInput(input, 750n)].map(capture));
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['answered', 'refused']);
    expect(answers.find(({ kind }) => kind === 'refused')).toMatchObject({ code: 'amount_not_available' });
  });

  test('ten concurrent copies of one capture once', async () => {
    const input = await authorized();
    const wanted = captureInput(input, 500n);
    const answers = await Promise.all(Array.from({ length: 10 }, () => capture(wanted)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ kind: 'answered' });
    expect(await retrieve(input)).toMatchObject({ captures: [{ amount: euro(500n) }] });
  });

  test('with a reference that is taken by another are unknown, and after a final one refused', async () => {
    const input = await authorized();
    const wanted = captureInput(input, 500n, true);
    await capture(wanted);
    expect(await capture({ ...wanted, amount: euro(501n) })).toEqual({ kind: 'unknown', reason: 'reference_conflict' });
    expect(await capture(captureInput(input, 1n))).toMatchObject({ kind: 'refused', code: 'state_conflict' });
  });
});

describe.each(['capture', 'reversal'] as const)('a %s whose amount ends in', (kind) => {
  test.each([
    [1203n, 'pending', 'succeeded'],
    [1204n, 'pending', 'failed'],
    [1206n, 'succeeded', 'failed'],
  ])('%s is answered as %s, then told as %s', async (amount, first, later) => {
    const isCapture = kind === 'capture';
    const input = await (isCapture ? authorized(amount) : opened('tok_approve', { amount: euro(amount) }));
    const send = () => (isCapture ? capture(captureInput(input, amount, true)) : reverse(reversalInput(input, amount)));
    expect(await send()).toMatchObject({ kind: 'answered', [kind]: { state: first } });
    await pass(world, { seconds: 2 });
    expect((await statesReceived(world)).slice(1)).toEqual([`${kind} ${first}`, `${kind} ${later}`]);
    const failureCode = later === 'failed' ? { failureCode: expect.any(String) } : {};
    expect(await retrieve(input)).toMatchObject({ [`${kind}s`]: [{ state: later, ...failureCode }] });
  });
});

describe('a lost answer', () => {
  test.each([
    [1207n, 'no answer: timeout'],
    [1208n, 'unreadable answer with status 502'],
  ])('to a capture or reversal of %s leaves it unknown, and a repeat finds it done once', async (amount, reason) => {
    const input = await authorized(amount);
    const impatient = createSandboxProvider({ baseUrl: world.sandbox.url, timeoutMs: 1_000 });
    const wanted = captureInput(input, amount);
    expect(await impatient.capture?.(world.call, wanted)).toEqual({ kind: 'unknown', reason });
    expect(await capture(wanted)).toMatchObject({ kind: 'answered', capture: { state: 'succeeded' } });
    const back = reversalInput(input, amount);
    expect(await impatient.reverse?.(world.call, back)).toEqual({ kind: 'unknown', reason });
    expect(await reverse(back)).toMatchObject({ kind: 'answered', reversal: { reversalId: back.reversalId } });
    const whole = [expect.objectContaining({ amount: euro(amount), state: 'succeeded' })];
    expect(await retrieve(input)).toMatchObject({ captures: whole, reversals: whole });
  });

  test('is told apart from a request that was not executed', async () => {
    const input = await authorized(1209n);
    const wanted = captureInput(input, 1209n);
    expect(await capture(wanted)).toEqual({ kind: 'not_sent', reason: 'not_executed' });
    expect(await retrieve(input)).toMatchObject({ report: { state: 'authorized' }, captures: [] });
    expect(await capture(wanted)).toMatchObject({ kind: 'answered' });
  });

  test('where nobody listens nothing is sent', async () => {
    const gone = createSandboxProvider({ baseUrl: await closedAddress() });
    const input = world.input('tok_approve');
    const notSent = { kind: 'not_sent', reason: 'connection_refused' };
    expect(await gone.capture?.(world.call, captureInput(input, 1n))).toEqual(notSent);
    expect(await gone.reverse?.(world.call, reversalInput(input, 1n))).toEqual(notSent);
    expect(await gone.release?.(world.call, input)).toEqual(notSent);
    const evidence = { attemptId: input.attemptId, disputeRef: 'ds_1', evidenceKey: 'k', text: 'x' };
    expect(await gone.submitEvidence?.(world.call, evidence)).toEqual(notSent);
  });
});

describe('a release', () => {
  test('of everything is reported as canceled after an authorization, once', async () => {
    const input = await authorized();
    const answer = await release(input);
    expect(answer).toMatchObject({ kind: 'answered', report: { state: 'canceled', afterAuthorization: true } });
    expect(await release(input)).toEqual(answer);
  });

  test('of what a capture left is reported as captured, once', async () => {
    const input = await authorized();
    await capture(captureInput(input, 500n));
    const answer = await release(input);
    expect(answer).toMatchObject({ kind: 'answered', report: { state: 'captured', amount: euro(500n) } });
    expect(await release(input)).toEqual(answer);
    await world.sandbox.tick();
    expect(await statesReceived(world)).toEqual(['authorized', 'capture succeeded', 'captured']);
  });

  test('while a capture is under way is refused', async () => {
    const input = await authorized();
    await capture(captureInput(input, 503n));
    expect(await release(input)).toMatchObject({ kind: 'refused', code: 'state_conflict' });
  });

  test('a waiting charge that is canceled had not been authorized', async () => {
    const input = await opened('tok_redirect');
    const answer = await world.provider.cancel?.(world.call, input);
    expect(answer).toMatchObject({ kind: 'answered', report: { state: 'canceled' } });
    expect(answer).not.toHaveProperty('report.afterAuthorization');
  });
});

describe('a reversal', () => {
  test('is reported by its reference, and the attempt stays captured', async () => {
    const input = await opened('tok_approve');
    const wanted = reversalInput(input, 1250n);
    expect(await reverse(wanted)).toEqual({
      kind: 'answered',
      reversal: {
        ...{ reversalId: wanted.reversalId, providerRef: expect.stringMatching(/^rv_/) },
        ...{ amount: euro(1250n), state: 'succeeded' },
      },
    });
    expect(await retrieve(input)).toMatchObject({
      report: { state: 'captured', amount: euro(1250n) },
      reversals: [{ reversalId: wanted.reversalId }],
    });
    expect(await reverse(reversalInput(input, 1250n))).toMatchObject({ kind: 'refused', code: 'state_conflict' });
    await world.sandbox.tick();
    expect(await statesReceived(world)).toEqual(['captured', 'reversal succeeded']);
  });
});

describe('a dispute', () => {
  const submit = async (input: CreateInput, disputeRef: string, text = 'It was delivered.') => {
    const { attemptId } = input;
    const evidence = { attemptId, disputeRef, evidenceKey: 'ev:1.2/3', text };
    return present(await world.provider.submitEvidence?.(world.call, evidence), 'answer');
  };

  test('is reported with totals that only grow, each state later than the one before', async () => {
    const input = await opened('tok_dispute_won');
    await pass(world, { seconds: 2 });
    const asked = await retrieve(input);
    const [dispute] = asked.kind === 'answered' ? asked.disputes : [];
    expect(dispute).toEqual({
      ...{ providerRef: expect.stringMatching(/^ds_/), state: 'opened', amount: euro(1250n), reason: 'fraudulent' },
      ...{ evidenceDueAt: Temporal.Instant.from('2026-01-01T00:01:02Z'), withdrawn: 1250n, reinstated: 0n },
      asOf: Temporal.Instant.from('2026-01-01T00:00:02Z'),
    });
    const { providerRef } = present(dispute, 'dispute');
    const answer = await submit(input, providerRef);
    expect(answer).toMatchObject({ kind: 'answered', dispute: { providerRef, state: 'under_review' } });
    expect(await submit(input, providerRef)).toEqual(answer);
    expect(await submit(input, providerRef, 'Else.')).toEqual({ kind: 'unknown', reason: 'reference_conflict' });
    await pass(world, { seconds: 2 });
    const told = (await facts()).flatMap((fact) => (fact.about === 'dispute' ? [fact.dispute] : []));
    expect(told.map(({ state, withdrawn, reinstated }) => [state, withdrawn, reinstated])).toEqual([
      ['opened', 1250n, 0n],
      ['under_review', 1250n, 0n],
      ['won', 1250n, 1250n],
    ]);
    const times = told.map(({ asOf }) => asOf.epochMilliseconds);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(await retrieve(input)).toMatchObject({ disputes: [told[2]] });
  });

  test('nobody knows of takes no evidence', async () => {
    const input = await opened('tok_approve');
    expect(await submit(input, `ds_${'0'.repeat(32)}`)).toMatchObject({ kind: 'refused', code: 'dispute_not_found' });
  });
});

test('what is done at the console comes without a reference', async () => {
  const input = await opened('tok_authorize_only');
  const { merchantCode, secretKey } = world.call.credentials;
  const console = merchantAt(world.sandbox.url, world.clock, secretKey, merchantCode);
  const at = `/v1/console/charges/${input.attemptId}`;
  await console.say('POST', `${at}/captures`, { amount: 700, final: true });
  await console.say('POST', `${at}/refunds`, { amount: 100 });
  await world.sandbox.tick();
  expect((await facts()).slice(1)).toMatchObject([
    { about: 'capture', capture: { captureId: null, final: true } },
    { about: 'refund', refund: { refundId: null } },
  ]);
  expect(await retrieve(input)).toMatchObject({ captures: [{ captureId: null }], refunds: [{ refundId: null }] });
});
