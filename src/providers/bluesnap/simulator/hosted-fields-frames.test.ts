import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Merchant, openMerchant } from './merchant-fixture.ts';

let merchant: Merchant;
let frames: string;

beforeEach(async () => {
  merchant = await openMerchant();
  frames = `${merchant.simulator.url}/hosted-fields/${await merchant.tokenWith(null)}/frame`;
});
afterEach(() => merchant.simulator.close());

async function enter(tag: string, value: string): Promise<unknown> {
  const answer = await fetch(`${frames}/${tag}`, { method: 'POST', body: value });
  const { errorCode } = (await answer.json()) as { readonly errorCode: unknown };
  return errorCode;
}

async function charge(): Promise<unknown> {
  const pfToken = frames.split('/').at(-2);
  const body = await merchant.chargeBody({ pfToken });
  const { status, errorName } = await merchant.say('POST', '/transactions', body);
  return errorName ?? status;
}

test('the script and each field come from the simulator, a field as a page that takes nothing from elsewhere', async () => {
  const script = await fetch(`${merchant.simulator.url}/web-sdk/5/bluesnap.js`);
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  for (const tag of ['ccn', 'exp', 'cvv']) {
    const frame = await fetch(`${frames}/${tag}`);
    expect(frame.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await frame.text()).toContain(`<input name="${tag}"`);
  }
  expect((await fetch(`${frames}/pin`)).status).toBe(404);
  expect((await fetch(frames.replace(/hosted-fields\/[^/]+/, 'hosted-fields/none').concat('/ccn'))).status).toBe(404);
});

test('a token has a card once all three fields fit, and none any more when one of them is changed', async () => {
  expect(await charge()).toBe('PF_TOKEN_HAS_NO_CARD');
  expect(await enter('ccn', '4263 9826 4026 9299')).toBeNull();
  expect(await enter('exp', '01/30')).toBeNull();
  expect(await charge()).toBe('PF_TOKEN_HAS_NO_CARD');
  expect(await enter('cvv', '12')).toBe('10');
  expect(await enter('cvv', '123')).toBeNull();
  expect(await enter('exp', '01/24')).toBe('10');
  expect(await charge()).toBe('PF_TOKEN_HAS_NO_CARD');
  expect(await enter('exp', '12 / 31')).toBeNull();
  expect(await charge()).toBe(200);
});

test.each([
  ['4917484589897107', 'INSUFFICIENT_FUNDS'],
  ['4001919257537193', 'HIGH_RISK_ERROR'],
  ['5425233430109903', 200],
])('the number decides what the bank says: %s is %s', async (number, said) => {
  for (const [tag, value] of [
    ['ccn', number],
    ['exp', '01/30'],
    ['cvv', '123'],
  ] as const) {
    expect(await enter(tag, value)).toBeNull();
  }
  expect(await charge()).toBe(said);
});

test('a number that is no test card does not fit', async () => {
  expect(await enter('ccn', '4111111111111111')).toBe('10');
});
