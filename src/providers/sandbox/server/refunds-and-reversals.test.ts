import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { send } from './merchant-fixture.ts';
import { codeOf, type SandboxDesk, startDesk } from './sandbox-desk-fixture.ts';

let desk: SandboxDesk;
beforeEach(async () => {
  desk = await startDesk();
});
afterEach(() => desk.close());

const captured = (amount = 1250) => desk.merchant.charge('tok_approve', desk.receiver.url, { amount });

describe('refunds', () => {
  test('of a partly captured authorization go as far as the capture', async () => {
    const charge = await desk.merchant.charge('tok_authorize_only', desk.receiver.url);
    expect(codeOf(await desk.refund(charge, 'r1', 100))).toBe('409 state_conflict');
    await desk.capture(charge, 'c1', 500);
    expect(codeOf(await desk.refund(charge, 'r1', 501))).toBe('422 amount_not_available');
    expect(codeOf(await desk.refund(charge, 'r1', 500))).toBe('201 ok');
  });

  test('are refused while a reversal is pending or done, and taken once it has failed', async () => {
    const charge = await captured(1204);
    await desk.reverse(charge, 'v1', 1204);
    expect(codeOf(await desk.refund(charge, 'r1', 100))).toBe('409 state_conflict');
    await desk.pass({ seconds: 2 });
    expect(await desk.read(charge)).toMatchObject({ amountReversed: 0, reversals: [{ state: 'failed' }] });
    expect(codeOf(await desk.refund(charge, 'r1', 100))).toBe('201 ok');
    const other = await captured();
    await desk.reverse(other, 'v2', 1250);
    expect(codeOf(await desk.refund(other, 'r2', 100))).toBe('409 state_conflict');
  });
});

describe('a reversal', () => {
  test('undoes the whole capture, which stays captured', async () => {
    const charge = await captured();
    const { status, body } = await desk.reverse(charge, 'v1', 1250);
    expect(status).toBe(201);
    expect(body.id).toMatch(/^rv_[0-9a-f]{32}$/);
    expect(Object.keys(body)).toEqual(Object.keys((await desk.refund(await captured(), 'r1', 1)).body));
    const now = await desk.read(charge);
    expect(now).toMatchObject({ state: 'captured', amountCaptured: 1250, amountReversed: 1250, amountRefunded: 0 });
    expect(now.reversals).toEqual([body]);
    expect(await desk.merchant.say('GET', `/v1/charges/${charge}/reversals/v1`)).toEqual({ status: 200, body });
    expect(codeOf(await desk.merchant.say('GET', `/v1/charges/${charge}/reversals/v2`))).toBe('404 reversal_not_found');
  });

  test.each([1249, 1251])('of %i out of 1250 is refused', async (amount) => {
    expect(codeOf(await desk.reverse(await captured(), 'v1', amount))).toBe('422 amount_not_available');
  });

  test('is refused where anything is refunded, pending included, and taken once the refund has failed', async () => {
    const charge = await captured();
    await desk.refund(charge, 'r1', 104);
    expect(codeOf(await desk.reverse(charge, 'v1', 1250))).toBe('409 state_conflict');
    await desk.pass({ seconds: 2 });
    expect(codeOf(await desk.reverse(charge, 'v1', 1250))).toBe('201 ok');
  });

  test('is made once: a second one is refused, a repeat finds the first', async () => {
    const charge = await captured();
    const race = await Promise.all(['v1', 'v2'].map((reference) => desk.reverse(charge, reference, 1250)));
    expect(race.map(codeOf).sort()).toEqual(['201 ok', '409 state_conflict']);
    const first = (await desk.read(charge)).reversals as { reference: string }[];
    expect((await desk.reverse(charge, String(first[0]?.reference), 1250)).status).toBe(200);
    expect((await desk.read(charge)).reversals).toEqual(first);
  });

  test('of a charge that is still open for captures is refused', async () => {
    const charge = await desk.merchant.charge('tok_authorize_only', desk.receiver.url);
    await desk.capture(charge, 'c1', 500);
    expect(codeOf(await desk.reverse(charge, 'v1', 500))).toBe('409 state_conflict');
  });

  test('taken back after its success leaves the charge to be reversed again', async () => {
    const charge = await captured(1206);
    await desk.reverse(charge, 'v1', 1206);
    await desk.pass({ seconds: 2 });
    expect(await desk.read(charge)).toMatchObject({ amountReversed: 0 });
    expect(desk.told().slice(1)).toEqual(['reversal.succeeded (captured)', 'reversal.failed (captured)']);
    expect(codeOf(await desk.reverse(charge, 'v2', 1206))).toBe('201 ok');
  });
});

describe('the console', () => {
  const console = (charge: string, what: string, body: unknown) => {
    return desk.merchant.say('POST', `/v1/console/charges/${charge}/${what}`, body);
  };

  test('makes captures and refunds without a reference, told at the address of the charge', async () => {
    const charge = await desk.merchant.charge('tok_authorize_only', desk.receiver.url);
    for (const [what, body] of [
      ['captures', { amount: 500, final: false }],
      ['captures', { amount: 500, final: true }],
      ['refunds', { amount: 100 }],
      ['refunds', { amount: 100 }],
    ] as const) {
      expect(await console(charge, what, body)).toMatchObject({ status: 201, body: { ...body, reference: null } });
    }
    expect(await desk.read(charge)).toMatchObject({ state: 'captured', amountCaptured: 1000, amountRefunded: 200 });
    await desk.sandbox.tick();
    expect(desk.told().slice(1)).toEqual([
      'capture.succeeded (authorized)',
      'capture.succeeded (captured)',
      'refund.succeeded (captured)',
      'refund.succeeded (captured)',
    ]);
  });

  test('voids authorizations and waiting charges, and nothing that was captured to its end', async () => {
    for (const [token, expected] of [
      ['tok_authorize_only', '200 ok'],
      ['tok_redirect', '200 ok'],
      ['tok_pending_forever', '200 ok'],
      ['tok_approve', '409 state_conflict'],
    ] as const) {
      const charge = await desk.merchant.charge(token, desk.receiver.url);
      expect(codeOf(await console(charge, 'void', {})), token).toBe(expected);
    }
  });

  test('keeps the rules of requests, and their signatures', async () => {
    const charge = await captured();
    expect(codeOf(await console(charge, 'refunds', { amount: 1251 }))).toBe('422 amount_not_available');
    expect(codeOf(await console(charge, 'captures', { amount: 1, final: false }))).toBe('409 state_conflict');
    expect(codeOf(await console(charge, 'refunds', { amount: 1, reference: 'r1' }))).toBe('422 validation_failed');
    expect(codeOf(await console(charge, 'void', { releaseAuthorization: true }))).toBe('422 validation_failed');
    expect(codeOf(await console('nowhere', 'void', {}))).toBe('404 charge_not_found');
    const { headers, ...said } = desk.merchant.sign('POST', `/v1/console/charges/${charge}/refunds`, { amount: 1 });
    const forged = { ...said, headers: { ...headers, 'sandbox-signature': '0'.repeat(64) } };
    expect(codeOf(await send(desk.sandbox.url, forged))).toBe('401 bad_signature');
  });

  test('has the pending and failing endings, and always answers', async () => {
    const charge = await captured(100_000);
    for (const [amount, state] of [
      [103, 'pending'],
      [106, 'succeeded'],
      [107, 'succeeded'],
      [108, 'succeeded'],
      [109, 'succeeded'],
    ] as const) {
      expect(await console(charge, 'refunds', { amount })).toMatchObject({ status: 201, body: { state } });
    }
    await desk.pass({ seconds: 2 });
    expect(await desk.read(charge)).toMatchObject({ amountRefunded: 103 + 107 + 108 + 109 });
  });
});
