import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codeOf, type SandboxDesk, startDesk } from './sandbox-desk-fixture.ts';

let desk: SandboxDesk;
beforeEach(async () => {
  desk = await startDesk();
});
afterEach(() => desk.close());

type Disputed = Record<string, unknown> & { readonly id: string; readonly updatedAt: string };

async function disputeOf(charge: string): Promise<Disputed> {
  const [dispute] = (await desk.read(charge)).disputes as Disputed[];
  if (dispute === undefined) throw new Error('no dispute');
  return dispute;
}

/** A charge whose dispute has just been opened. */
async function disputed(token: string): Promise<{ charge: string; id: string }> {
  const charge = await desk.merchant.charge(token, desk.receiver.url);
  await desk.pass({ seconds: 2 });
  return { charge, id: (await disputeOf(charge)).id };
}

const submit = (charge: string, id: string, evidence: Record<string, unknown>) => {
  return desk.ask(charge, `/disputes/${id}/evidence`, evidence);
};
const EVIDENCE = { key: 'ev-1', text: 'It was delivered and signed for.' };

test.each(['tok_dispute_won', 'tok_dispute_lost'])(
  '%s: captured, and 2 s later all of it is withdrawn',
  async (token) => {
    const charge = await desk.merchant.charge(token, desk.receiver.url);
    expect(await desk.read(charge)).toMatchObject({ state: 'captured', disputes: [] });
    await desk.pass({ milliseconds: 1_999 });
    expect((await desk.read(charge)).disputes).toEqual([]);
    await desk.pass({ milliseconds: 1 });
    expect(await disputeOf(charge)).toEqual({
      ...{ id: expect.stringMatching(/^ds_[0-9a-f]{32}$/), object: 'dispute', state: 'opened', reason: 'fraudulent' },
      ...{ chargeId: (await desk.read(charge)).id, chargeReference: charge, amount: 1250, currency: 'EUR' },
      ...{ withdrawn: 1250, reinstated: 0, evidenceDueAt: '2026-01-01T00:01:02Z' },
      ...{ createdAt: '2026-01-01T00:00:02Z', updatedAt: '2026-01-01T00:00:02Z' },
    });
    expect(desk.told()).toEqual(['charge.captured (captured)', 'dispute.opened (captured)']);
    await desk.pass({ hours: 1 });
    expect(((await desk.read(charge)).disputes as unknown[]).length).toBe(1);
  },
);

test.each([
  ['tok_dispute_won', 'won', 1250],
  ['tok_dispute_lost', 'lost', 0],
])('%s: decided 2 s after the evidence: %s', async (token, state, reinstated) => {
  const { charge, id } = await disputed(token);
  expect(await submit(charge, id, EVIDENCE)).toMatchObject({ status: 200, body: { id, state: 'under_review' } });
  await desk.pass({ milliseconds: 1_999 });
  expect(await disputeOf(charge)).toMatchObject({ state: 'under_review', reinstated: 0 });
  await desk.pass({ milliseconds: 1 });
  expect(await disputeOf(charge)).toMatchObject({ state, withdrawn: 1250, reinstated });
  expect(
    desk
      .told()
      .slice(1)
      .map((one) => one.split(' ')[0]),
  ).toEqual(['dispute.opened', 'dispute.under_review', `dispute.${state}`]);
});

test.each(['tok_dispute_won', 'tok_dispute_lost'])('%s: without evidence lost when it is due', async (token) => {
  const { charge } = await disputed(token);
  await desk.pass({ milliseconds: 59_999 });
  expect(await disputeOf(charge)).toMatchObject({ state: 'opened' });
  await desk.pass({ milliseconds: 1 });
  expect(await disputeOf(charge)).toMatchObject({ state: 'lost', reinstated: 0 });
});

test('tok_dispute_inquiry: nothing is withdrawn, and it closes by itself', async () => {
  const { charge } = await disputed('tok_dispute_inquiry');
  expect(await disputeOf(charge)).toMatchObject({ state: 'inquiry', withdrawn: 0, evidenceDueAt: null });
  await desk.pass({ milliseconds: 3_999 });
  expect(await disputeOf(charge)).toMatchObject({ state: 'inquiry' });
  await desk.pass({ milliseconds: 1 });
  expect(await disputeOf(charge)).toMatchObject({ state: 'won', withdrawn: 0, reinstated: 0 });
});

describe('evidence', () => {
  test('is taken once: the same again is the same answer, also when all is decided', async () => {
    const { charge, id } = await disputed('tok_dispute_won');
    const answers = await Promise.all(Array.from({ length: 5 }, () => submit(charge, id, EVIDENCE)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await desk.pass({ seconds: 2 });
    expect(await submit(charge, id, EVIDENCE)).toMatchObject({ status: 200, body: { state: 'won' } });
    expect(desk.told().filter((one) => one.startsWith('dispute.under_review'))).toHaveLength(1);
  });

  test('of another key is refused while the first is under review and after, of the same key with other text too', async () => {
    const { charge, id } = await disputed('tok_dispute_won');
    await submit(charge, id, EVIDENCE);
    const other = { ...EVIDENCE, key: 'ev-2' };
    expect(codeOf(await submit(charge, id, other))).toBe('409 state_conflict');
    expect(codeOf(await submit(charge, id, { ...EVIDENCE, text: 'Something else.' }))).toBe('409 reference_conflict');
    await desk.pass({ seconds: 2 });
    expect(codeOf(await submit(charge, id, other))).toBe('409 state_conflict');
  });

  test('comes too late once the dispute is lost', async () => {
    const { charge, id } = await disputed('tok_dispute_won');
    await desk.pass({ seconds: 60 });
    expect(codeOf(await submit(charge, id, EVIDENCE))).toBe('409 state_conflict');
    expect(await disputeOf(charge)).toMatchObject({ state: 'lost' });
  });

  test('for another charge, or of a wrong size, is refused', async () => {
    const { charge, id } = await disputed('tok_dispute_won');
    const other = await desk.merchant.charge('tok_approve', desk.receiver.url);
    expect(codeOf(await submit(other, id, EVIDENCE))).toBe('404 dispute_not_found');
    expect(codeOf(await submit(charge, `ds_${'0'.repeat(32)}`, EVIDENCE))).toBe('404 dispute_not_found');
    for (const text of ['', 'x'.repeat(20_001)]) {
      expect(codeOf(await submit(charge, id, { ...EVIDENCE, text }))).toBe('422 validation_failed');
    }
    expect(codeOf(await submit(charge, id, { ...EVIDENCE, text: '\u0001'.repeat(20_000) }))).toBe('200 ok');
  });
});

test('each state of a dispute is later than the one before, also within a millisecond', async () => {
  const { charge, id } = await disputed('tok_dispute_won');
  const opened = await disputeOf(charge);
  const { body } = await submit(charge, id, EVIDENCE);
  expect(Temporal.Instant.compare(String(body.updatedAt), opened.updatedAt)).toBe(1);
});

describe('a disputed charge', () => {
  test('is reversed only after the dispute was won', async () => {
    const { charge, id } = await disputed('tok_dispute_won');
    expect(codeOf(await desk.reverse(charge, 'v1', 1250))).toBe('409 state_conflict');
    await submit(charge, id, EVIDENCE);
    expect(codeOf(await desk.reverse(charge, 'v1', 1250))).toBe('409 state_conflict');
    await desk.pass({ seconds: 2 });
    expect(codeOf(await desk.reverse(charge, 'v1', 1250))).toBe('201 ok');
    const lost = await disputed('tok_dispute_lost');
    await desk.pass({ seconds: 60 });
    expect(codeOf(await desk.reverse(lost.charge, 'v2', 1250))).toBe('409 state_conflict');
  });

  test('that was reversed before is not disputed', async () => {
    const charge = await desk.merchant.charge('tok_dispute_won', desk.receiver.url);
    await desk.reverse(charge, 'v1', 1250);
    await desk.pass({ hours: 1 });
    expect(await desk.read(charge)).toMatchObject({ amountReversed: 1250, disputes: [] });
  });

  test('that is refunded in part before is disputed no later, and for the whole', async () => {
    const charge = await desk.merchant.charge('tok_dispute_won', desk.receiver.url);
    await desk.pass({ seconds: 1 });
    await desk.refund(charge, 'r1', 100);
    await desk.pass({ seconds: 1 });
    expect(await disputeOf(charge)).toMatchObject({ amount: 1250, withdrawn: 1250 });
  });

  test('of manual capture is disputed 2 s after its last capture', async () => {
    const charge = await desk.merchant.charge('tok_dispute_won', desk.receiver.url, { captureMethod: 'manual' });
    await desk.pass({ minutes: 1 });
    await desk.capture(charge, 'c1', 700, true);
    expect((await desk.read(charge)).disputes).toEqual([]);
    await desk.pass({ seconds: 2 });
    expect(await disputeOf(charge)).toMatchObject({ amount: 700, withdrawn: 700 });
  });
});

test('tok_decline_then_approve: declined at once, captured 3 s later, and never canceled between', async () => {
  const charge = await desk.merchant.charge('tok_decline_then_approve', desk.receiver.url);
  expect(await desk.read(charge)).toMatchObject({ state: 'declined', decline: { code: 'no_answer' } });
  expect(codeOf(await desk.ask(charge, '/cancel', {}))).toBe('409 state_conflict');
  await desk.pass({ milliseconds: 2_999 });
  expect(await desk.read(charge)).toMatchObject({ state: 'declined' });
  await desk.pass({ milliseconds: 1 });
  expect(await desk.read(charge)).toMatchObject({ state: 'captured', amountCaptured: 1250, decline: null });
  expect(desk.told()).toEqual(['charge.declined (declined)', 'charge.captured (captured)']);
});
