import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codeOf, type SandboxDesk, startDesk } from './sandbox-desk-fixture.ts';

let desk: SandboxDesk;
beforeEach(async () => {
  desk = await startDesk();
});
afterEach(() => desk.close());

/** An authorization of 12.50. */
const authorized = (token = 'tok_approve') => {
  return desk.merchant.charge(token, desk.receiver.url, { captureMethod: 'manual' });
};
const cancel = (charge: string, body: Record<string, unknown> = { releaseAuthorization: true }) => {
  return desk.ask(charge, '/cancel', body);
};

describe('captures', () => {
  test('add up, and the charge is captured when the last unit is', async () => {
    const charge = await authorized();
    const first = await desk.capture(charge, 'c1', 1000);
    expect(first).toMatchObject({
      status: 201,
      body: { object: 'capture', chargeReference: charge, reference: 'c1', amount: 1000, final: false },
    });
    expect(first.body.id).toMatch(/^cp_[0-9a-f]{32}$/);
    const { id: chargeId, ...open } = await desk.read(charge);
    expect(first.body.chargeId).toBe(chargeId);
    expect(open).toMatchObject({ state: 'authorized', amountCaptured: 1000, captures: [first.body] });
    expect(open.authorizationExpiresAt).toBe('2026-01-08T00:00:00Z');
    await desk.capture(charge, 'c2', 250);
    const closed = await desk.read(charge);
    expect(closed).toMatchObject({ state: 'captured', amountCaptured: 1250, authorizationExpiresAt: null });
    await desk.sandbox.tick();
    expect(desk.told()).toEqual([
      'charge.authorized (authorized)',
      'capture.succeeded (authorized)',
      'capture.succeeded (captured)',
    ]);
  });

  test('a final one releases the rest', async () => {
    const charge = await authorized();
    await desk.capture(charge, 'c1', 700, true);
    expect(await desk.read(charge)).toMatchObject({ state: 'captured', amountAuthorized: 1250, amountCaptured: 700 });
    expect(codeOf(await desk.capture(charge, 'c2', 100))).toBe('409 state_conflict');
    expect((await desk.merchant.say('GET', '/v1/charges')).body.totals).toEqual([
      { currency: 'EUR', charges: 1, amountAuthorized: 1250, amountCaptured: 700, amountRefunded: 0 },
    ]);
  });

  test('never exceed the authorization, with what is pending counted', async () => {
    const charge = await authorized();
    expect(codeOf(await desk.capture(charge, 'c1', 1251))).toBe('422 amount_not_available');
    expect((await desk.capture(charge, 'c2', 1003)).body).toMatchObject({ state: 'pending' });
    expect(codeOf(await desk.capture(charge, 'c3', 248))).toBe('422 amount_not_available');
    expect(codeOf(await desk.capture(charge, 'c3', 247))).toBe('201 ok');
    expect(await desk.read(charge)).toMatchObject({ state: 'authorized', amountCaptured: 247 });
    await desk.pass({ seconds: 2 });
    expect(await desk.read(charge)).toMatchObject({ state: 'captured', amountCaptured: 1250 });
  });

  test('of two racing captures of 60 % one is refused', async () => {
    const charge = await authorized();
    const answers = await Promise.all(['c1', 'c2'].map((reference) => desk.capture(charge, reference, 750)));
    expect(answers.map(codeOf).sort()).toEqual(['201 ok', '422 amount_not_available']);
    expect(await desk.read(charge)).toMatchObject({ amountCaptured: 750 });
  });

  test('the same request ten times at once captures once, and tells of it once', async () => {
    const charge = await authorized();
    const answers = await Promise.all(Array.from({ length: 10 }, () => desk.capture(charge, 'c1', 500)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    await desk.sandbox.tick();
    expect(desk.told()).toEqual(['charge.authorized (authorized)', 'capture.succeeded (authorized)']);
    expect((await desk.read(charge)).captures).toHaveLength(1);
  });

  test.each([
    ['another amount', 600, false],
    ['another finality', 500, true],
  ])('a reference used again with %s is a conflict', async (_, amount, final) => {
    const charge = await authorized();
    await desk.capture(charge, 'c1', 500);
    expect(codeOf(await desk.capture(charge, 'c1', amount, final))).toBe('409 reference_conflict');
    expect(codeOf(await desk.capture(await authorized(), 'c1', 500))).toBe('409 reference_conflict');
    expect(await desk.read(charge)).toMatchObject({ amountCaptured: 500 });
  });

  test('are found by their reference and by no other charge', async () => {
    const [charge, other] = [await authorized(), await authorized()];
    const { body } = await desk.capture(charge, 'c1', 500);
    const find = (of: string) => desk.merchant.say('GET', `/v1/charges/${of}/captures/c1`);
    expect(await find(charge)).toEqual({ status: 200, body });
    expect(codeOf(await find(other))).toBe('404 capture_not_found');
  });

  test('a pending final one closes the authorization, and reopens it by failing', async () => {
    const charge = await authorized();
    await desk.capture(charge, 'c1', 504, true);
    expect(codeOf(await desk.capture(charge, 'c2', 100))).toBe('409 state_conflict');
    expect(codeOf(await cancel(charge))).toBe('409 state_conflict');
    await desk.pass({ seconds: 2 });
    expect(await desk.read(charge)).toMatchObject({ state: 'authorized', amountCaptured: 0 });
    expect(desk.told().slice(1)).toEqual(['capture.pending (authorized)', 'capture.failed (authorized)']);
    expect(codeOf(await desk.capture(charge, 'c2', 1250))).toBe('201 ok');
  });

  test('one taken back after its success reopens what it had closed', async () => {
    const charge = await authorized();
    await desk.capture(charge, 'c1', 1206, true);
    expect(await desk.read(charge)).toMatchObject({ state: 'captured', amountCaptured: 1206 });
    await desk.pass({ seconds: 2 });
    expect(await desk.read(charge)).toMatchObject({
      ...{ state: 'authorized', amountCaptured: 0, authorizationExpiresAt: '2026-01-08T00:00:00Z' },
      captures: [{ state: 'failed', failureCode: 'rejected_by_bank' }],
    });
    expect(desk.told().slice(1)).toEqual(['capture.succeeded (captured)', 'capture.failed (authorized)']);
  });

  test('one whose money went back to the payer is not taken back', async () => {
    for (const takeBack of [desk.refund, desk.reverse]) {
      const charge = await authorized();
      await desk.capture(charge, `c_${charge}`, 1206, true);
      expect((await takeBack(charge, `b_${charge}`, 1206)).status).toBe(201);
      await desk.pass({ hours: 1 });
      expect(await desk.read(charge)).toMatchObject({ amountCaptured: 1206, captures: [{ state: 'succeeded' }] });
    }
  });

  test.each(['tok_redirect', 'tok_pending_forever', 'tok_decline_fraud'])('of %s are refused', async (token) => {
    const charge = await authorized(token);
    expect(codeOf(await desk.capture(charge, 'c1', 100))).toBe('409 state_conflict');
  });

  test.each([
    ['no finality', { final: undefined }],
    ['amount 0', { amount: 0 }],
    ['another currency', { currency: 'USD' }],
    ['an unknown member', { bonus: 1 }],
    ['no reference', { reference: undefined }],
  ])('with %s are refused', async (_, change) => {
    const charge = await authorized();
    const wanted = { reference: 'c1', amount: 100, currency: 'EUR', final: false, notificationUrl: desk.receiver.url };
    expect(codeOf(await desk.ask(charge, '/captures', { ...wanted, ...change }))).toBe('422 validation_failed');
    expect((await desk.read(charge)).captures).toEqual([]);
  });

  test('do not tell other machines', async () => {
    const wanted = { reference: 'c1', amount: 100, currency: 'EUR', final: false, notificationUrl: 'http://10.0.0.1/' };
    expect(codeOf(await desk.ask(await authorized(), '/captures', wanted))).toBe('422 target_not_allowed');
  });
});

describe('a release', () => {
  test('of an authorization that nothing was captured of cancels the charge, once', async () => {
    const charge = await authorized();
    expect(codeOf(await cancel(charge, {}))).toBe('409 state_conflict');
    const released = await cancel(charge);
    expect(released).toMatchObject({ status: 200, body: { state: 'canceled', amountCaptured: 0 } });
    expect(await cancel(charge)).toEqual(released);
    expect(codeOf(await desk.capture(charge, 'c1', 100))).toBe('409 state_conflict');
    await desk.sandbox.tick();
    expect(desk.told().slice(1)).toEqual(['charge.canceled (canceled)']);
  });

  test('of what a capture left ends the charge as captured, once', async () => {
    const charge = await authorized();
    await desk.capture(charge, 'c1', 500);
    const released = await cancel(charge);
    expect(released).toMatchObject({ status: 200, body: { state: 'captured', amountCaptured: 500 } });
    expect(await cancel(charge)).toEqual(released);
    expect(codeOf(await desk.capture(charge, 'c2', 100))).toBe('409 state_conflict');
    await desk.sandbox.tick();
    expect(desk.told().slice(1)).toEqual(['capture.succeeded (authorized)', 'charge.captured (captured)']);
  });

  test('waits for no capture: while one is under way it is refused', async () => {
    const charge = await authorized();
    await desk.capture(charge, 'c1', 103);
    expect(codeOf(await cancel(charge))).toBe('409 state_conflict');
    await desk.pass({ seconds: 2 });
    expect((await cancel(charge)).body).toMatchObject({ state: 'captured', amountCaptured: 103 });
  });

  test('of a charge captured to its end is refused', async () => {
    const charge = await authorized();
    await desk.capture(charge, 'c1', 1250);
    expect(codeOf(await cancel(charge))).toBe('409 state_conflict');
  });

  test('of a partly captured charge whose capture is taken back leaves it canceled', async () => {
    const charge = await authorized();
    await desk.capture(charge, 'c1', 106);
    await cancel(charge);
    await desk.pass({ seconds: 2 });
    expect(await desk.read(charge)).toMatchObject({ state: 'canceled', amountCaptured: 0 });
  });
});

describe('an authorization', () => {
  test('lapses after seven days, and the charge expires', async () => {
    const charge = await authorized('tok_authorize_only');
    await desk.pass({ hours: 7 * 24 - 1, minutes: 59, seconds: 59, milliseconds: 999 });
    expect(await desk.read(charge)).toMatchObject({ state: 'authorized' });
    await desk.pass({ milliseconds: 1 });
    expect(await desk.read(charge)).toMatchObject({ state: 'expired', authorizationExpiresAt: null });
    expect(codeOf(await desk.capture(charge, 'c1', 100))).toBe('409 state_conflict');
    expect(codeOf(await cancel(charge))).toBe('409 state_conflict');
    expect(desk.told().slice(1)).toEqual(['charge.expired (expired)']);
  });

  test('of tok_authorization_lapses lasts five seconds, whatever the capture method', async () => {
    const charge = await desk.merchant.charge('tok_authorization_lapses', desk.receiver.url);
    expect(await desk.read(charge)).toMatchObject({
      state: 'authorized',
      authorizationExpiresAt: '2026-01-01T00:00:05Z',
    });
    await desk.pass({ seconds: 5 });
    expect(await desk.read(charge)).toMatchObject({ state: 'expired' });
  });

  test('that was captured in part lapses as captured', async () => {
    const charge = await authorized('tok_authorization_lapses');
    await desk.capture(charge, 'c1', 500);
    await desk.pass({ seconds: 5 });
    expect(await desk.read(charge)).toMatchObject({ state: 'captured', amountCaptured: 500 });
    expect(desk.told().slice(1)).toEqual(['capture.succeeded (authorized)', 'charge.captured (captured)']);
  });

  test('waits for a capture that was made in time, and takes no other', async () => {
    for (const [amount, state] of [
      [103, 'captured'],
      [104, 'expired'],
    ] as const) {
      const charge = await authorized('tok_authorization_lapses');
      await desk.pass({ seconds: 4 });
      await desk.capture(charge, `c_${charge}`, amount);
      await desk.pass({ seconds: 1 });
      expect(await desk.read(charge)).toMatchObject({ state: 'authorized' });
      expect(codeOf(await desk.capture(charge, 'late', 100))).toBe('409 state_conflict');
      await desk.pass({ seconds: 1 });
      expect(await desk.read(charge)).toMatchObject({ state });
    }
  });

  test('ends the same whether each step was looked at or all came at once', async () => {
    const ends = [];
    for (const steps of [[6], [1, 1, 1, 1, 1, 1]]) {
      const charge = await authorized('tok_authorization_lapses');
      await desk.capture(charge, `c1_${charge}`, 206, true);
      for (const seconds of steps) await desk.pass({ seconds });
      const { state, amountCaptured } = await desk.read(charge);
      ends.push({ state, amountCaptured });
    }
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[0]).toEqual({ state: 'expired', amountCaptured: 0 });
  });

  test('and a capture that end while nobody looks end in the order of their times', async () => {
    const charge = await authorized('tok_authorization_lapses');
    await desk.pass({ seconds: 4 });
    await desk.capture(charge, 'c1', 206);
    await desk.pass({ seconds: 10 });
    expect(desk.told().slice(1)).toEqual([
      'capture.succeeded (authorized)',
      'charge.captured (captured)',
      'capture.failed (expired)',
    ]);
  });
});
