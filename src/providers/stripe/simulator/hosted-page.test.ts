import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../kernel/clock.ts';
import { CONFIRMED, codeOf, INTENT, idOf, merchantOf, type Say, SESSION } from './merchant-fixture.ts';
import { type StripeSimulator, startStripeSimulator } from './start-stripe-simulator.ts';

const KEY = `sk_test_${'3'.repeat(24)}`;
const clock = new ManualClock();
const failures: unknown[] = [];
let simulator: StripeSimulator;
beforeAll(async () => {
  simulator = await startStripeSimulator({ clock, failed: (error) => void failures.push(error) });
});
afterAll(async () => {
  expect(failures).toEqual([]);
  await simulator.close();
});

const say: Say = (...said) => merchantOf(simulator, KEY)(...said);

describe('the hosted page', () => {
  const open = async () => {
    const made = await say('POST', '/v1/checkout/sessions', SESSION);
    return { id: idOf(made), url: String(made.body.url) };
  };
  const decide = (url: string, body: string) =>
    fetch(url, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

  test('lets nobody frame it, runs no script and leads back', async () => {
    const { url } = await open();
    const page = await fetch(url);
    const text = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(text).not.toContain('<script');
    expect(text).toContain('https://shop.example/back');
  });

  test('takes one decision, after which there is nothing to decide', async () => {
    const { id, url } = await open();
    expect((await decide(url, 'decision=approve&decision=processing')).status).toBe(400);
    expect((await decide(url, 'decision=steal')).status).toBe(400);
    const declined = await decide(url, 'decision=decline_fraudulent');
    expect(await declined.text()).toContain('Your card was declined.');
    expect((await decide(url, 'decision=approve')).status).toBe(303);
    expect((await decide(url, 'decision=decline_fraudulent')).status).toBe(303);
    expect(simulator.object(id)).toMatchObject({ status: 'complete', payment_status: 'paid' });
    expect(await (await fetch(url)).text()).toContain('https://shop.example/thanks?a=1&amp;b=2');
  });

  test('of a bank lets the payer consent or not', async () => {
    for (const [decision, status] of [
      ['approve', 'succeeded'],
      ['fail', 'requires_payment_method'],
    ] as const) {
      const asked = {
        ...CONFIRMED,
        payment_method: 'pm_card_authenticationRequired',
        return_url: 'https://shop.example/',
      };
      const made = await say('POST', '/v1/payment_intents', asked);
      const { next_action: action } = made.body as { next_action: { redirect_to_url: { url: string } } };
      expect(await (await fetch(action.redirect_to_url.url)).text()).toContain('Is this you?');
      expect((await decide(action.redirect_to_url.url, `decision=${decision}`)).status).toBe(303);
      expect(simulator.object(idOf(made))).toMatchObject({ status });
    }
  });

  test('is not there for what is not there', async () => {
    for (const path of ['/c/pay/cs_0', '/3ds/pi_0', '/', '/c/pay/../v1/balance']) {
      expect((await fetch(`${simulator.url}${path}`)).status).toBe(404);
    }
  });
});

describe('notifications', () => {
  test('come again until they are taken, signed anew, four times at most', async () => {
    const statuses = [500, 302, 200];
    const seen: string[] = [];
    const receiver = createServer((request, response) => {
      seen.push(String(request.headers['stripe-signature']));
      request.resume().on('end', () => response.writeHead(statuses.shift() ?? 500).end());
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const authorization = { authorization: `Bearer sk_test_${'9'.repeat(24)}` };
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`;
    const endpoint = { url, 'enabled_events[0]': 'payment_intent.created' };
    const registered = await say('POST', '/v1/webhook_endpoints', endpoint, authorization);
    expect(registered.body.secret).toMatch(/^whsec_/);
    const create = () => say('POST', '/v1/payment_intents', INTENT, authorization);
    await create();
    for (let minutes = 0; minutes < 600; minutes += 30) {
      await simulator.tick();
      clock.advance({ minutes: 30 });
    }
    expect(seen).toHaveLength(3);
    expect(new Set(seen).size).toBe(3);
    await create();
    for (let minutes = 0; minutes < 1_200; minutes += 30) {
      await simulator.tick();
      clock.advance({ minutes: 30 });
    }
    expect(seen).toHaveLength(7);
    receiver.closeAllConnections();
    receiver.close();
  });

  test('go to this machine only, unless somebody says more', async () => {
    const refused = await say('POST', '/v1/webhook_endpoints', {
      url: 'https://shop.example/',
      'enabled_events[0]': '*',
    });
    expect(codeOf(refused)).toBe('400 url_invalid');
  });
});
