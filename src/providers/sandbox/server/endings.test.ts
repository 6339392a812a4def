import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Heard, send } from './merchant-fixture.ts';
import { codeOf, type SandboxDesk, startDesk } from './sandbox-desk-fixture.ts';

let desk: SandboxDesk;
beforeEach(async () => {
  desk = await startDesk();
});
afterEach(() => desk.close());

type Kind = 'capture' | 'refund' | 'reversal';
const KINDS: readonly Kind[] = ['capture', 'refund', 'reversal'];

/** A charge of which exactly this amount can be captured, refunded or reversed. */
function ready(kind: Kind, amount: number): Promise<string> {
  const token = kind === 'capture' ? 'tok_authorize_only' : 'tok_approve';
  return desk.merchant.charge(token, desk.receiver.url, { amount });
}

function body(kind: Kind, amount: number): Record<string, unknown> {
  const common = { reference: 'o1', amount, currency: 'EUR', notificationUrl: desk.receiver.url };
  return kind === 'capture' ? { ...common, final: true } : common;
}

const make = (kind: Kind, charge: string, amount: number): Promise<Heard> => {
  return desk.ask(charge, `/${kind}s`, body(kind, amount));
};

/** What the operation has moved on the books of its charge. */
async function moved(kind: Kind, charge: string): Promise<unknown> {
  const { amountCaptured, amountRefunded, amountReversed } = await desk.read(charge);
  return { capture: amountCaptured, refund: amountRefunded, reversal: amountReversed }[kind];
}

async function told(kind: Kind): Promise<string[]> {
  await desk.sandbox.tick();
  return desk.events().flatMap(({ type }) => (type.startsWith(`${kind}.`) ? [type.slice(kind.length + 1)] : []));
}

describe.each(KINDS)('a %s of an amount that ends in', (kind) => {
  test.each([
    [1203, 'pending', 'succeeded', 1203],
    [1204, 'pending', 'failed', 0],
    [1206, 'succeeded', 'failed', 0],
  ])('%i is %s and 2 s later %s', async (amount, first, later, left) => {
    const charge = await ready(kind, amount);
    const made = await make(kind, charge, amount);
    expect(made).toMatchObject({ status: 201, body: { state: first, failureCode: null } });
    await desk.pass({ milliseconds: 1_999 });
    expect(await told(kind)).toEqual([first]);
    await desk.pass({ milliseconds: 1 });
    expect(await told(kind)).toEqual([first, later]);
    expect(await moved(kind, charge)).toBe(left);
    const again = await make(kind, charge, amount);
    const failureCode = later === 'failed' ? expect.any(String) : null;
    expect(again).toEqual({ status: 200, body: { ...made.body, state: later, failureCode } });
    await desk.pass({ hours: 1 });
    expect(await told(kind)).toEqual([first, later]);
  });

  test.each([1250, 1205, 1210, 1201])('%i succeeds at once', async (amount) => {
    const charge = await ready(kind, amount);
    expect(await make(kind, charge, amount)).toMatchObject({ status: 201, body: { state: 'succeeded' } });
    await desk.pass({ hours: 1 });
    expect(await told(kind)).toEqual(['succeeded']);
    expect(await moved(kind, charge)).toBe(amount);
  });

  test('1207 is done and its answer withheld, once', async () => {
    const charge = await ready(kind, 1207);
    const said = desk.merchant.sign('POST', `/v1/charges/${charge}/${kind}s`, body(kind, 1207));
    const lost = send(desk.sandbox.url, said).then(
      () => 'answered',
      () => 'lost',
    );
    await expect.poll(() => moved(kind, charge)).toBe(1207);
    expect(await Promise.race([lost, make(kind, charge, 1207)])).toMatchObject({
      status: 200,
      body: { state: 'succeeded' },
    });
    expect(await moved(kind, charge)).toBe(1207);
    expect(await told(kind)).toEqual(['succeeded']);
  });

  test('1208 is done and a proxy answers, once', async () => {
    const charge = await ready(kind, 1208);
    expect(await make(kind, charge, 1208)).toEqual({ status: 502, body: { text: '<h1>502 Bad Gateway</h1>' } });
    expect(await make(kind, charge, 1208)).toMatchObject({ status: 200, body: { state: 'succeeded' } });
    expect(await moved(kind, charge)).toBe(1208);
    expect(await told(kind)).toEqual(['succeeded']);
  });

  test('1209 is not executed, and then executed once', async () => {
    const charge = await ready(kind, 1209);
    expect(codeOf(await make(kind, charge, 1209))).toBe('503 not_executed');
    expect(await moved(kind, charge)).toBe(0);
    expect(await told(kind)).toEqual([]);
    expect(codeOf(await make(kind, charge, 1209))).toBe('201 ok');
    expect(codeOf(await make(kind, charge, 1209))).toBe('200 ok');
    expect(await moved(kind, charge)).toBe(1209);
    expect(await told(kind)).toEqual(['succeeded']);
  });
});

test('a request that breaks a rule is refused before it can be turned away', async () => {
  const charge = await ready('refund', 1250);
  expect(codeOf(await desk.refund(charge, 'r1', 1309))).toBe('422 amount_not_available');
});

test('of tok_ipn_before_answer a capture is told before it is answered, of others after', async () => {
  for (const [token, types] of [
    ['tok_ipn_before_answer', ['charge.authorized', 'capture.succeeded']],
    ['tok_no_ipn', []],
  ] as const) {
    desk.receiver.received.length = 0;
    const charge = await desk.merchant.charge(token, desk.receiver.url, { captureMethod: 'manual' });
    await desk.capture(charge, `c_${charge}`, 500);
    expect(desk.events().map(({ type }) => type)).toEqual(types);
  }
});

test('the faults of a token befall every notification of its charge', async () => {
  const charge = await desk.merchant.charge('tok_duplicate_ipn', desk.receiver.url, { captureMethod: 'manual' });
  await desk.capture(charge, 'c1', 1250);
  await desk.reverse(charge, 'v1', 1250);
  await desk.sandbox.tick();
  const types = desk.events().map(({ type }) => type);
  const each = ['charge.authorized', 'capture.succeeded', 'reversal.succeeded'];
  expect(types).toEqual(each.flatMap((type) => [type, type]));
});

test('a notification holds the one part it is about, and null for the others', async () => {
  const charge = await desk.merchant.charge('tok_authorize_only', desk.receiver.url);
  const capture = await desk.capture(charge, 'c1', 1250);
  const refund = await desk.refund(charge, 'r1', 100);
  await desk.sandbox.tick();
  const parts = desk.events().map((event) => {
    return { capture: event.capture, refund: event.refund, reversal: event.reversal, dispute: event.dispute };
  });
  const none = { capture: null, refund: null, reversal: null, dispute: null };
  expect(parts).toEqual([none, { ...none, capture: capture.body }, { ...none, refund: refund.body }]);
});
