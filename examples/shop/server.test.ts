import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startShop } from './server.ts';
import { buy, cleanups, notification, openShop, titleOf, visitorOf } from './shop-fixture.ts';

describe('buying', () => {
  it('makes an order and a payment of it, and leads to the payment page', async () => {
    const shop = await openShop();
    const { answer, creation, path } = await buy(shop);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`${shop.gateway.url}/c/pay_1`);
    expect(creation).toMatchObject({ amount: 950, currency: 'EUR', returnUrl: `${shop.url}${path}` });
    expect(creation.reference).toBe(`${creation.orderId}-1`);
    expect(creation.key).toBe(creation.reference);
    expect(creation.notificationUrl).toBe(`${shop.url}/webhooks`);
    expect(titleOf(await shop.read(path))).toBe('Waiting for the payment');
  });

  it('tells the gateway where shoppers and notifications come in', async () => {
    const shop = await openShop({ publicUrl: 'https://shop.example/' });
    const { creation } = await buy(shop);
    expect(creation.returnUrl).toMatch(/^https:\/\/shop\.example\/orders\//);
    expect(creation.notificationUrl).toBe('https://shop.example/webhooks');
  });

  it('names no address for notifications where the tenant has an endpoint', async () => {
    const shop = await openShop({ notificationUrl: null });
    expect((await buy(shop)).creation).not.toHaveProperty('notificationUrl');
  });

  it('with a form that is sent twice is one order and one payment', async () => {
    const shop = await openShop();
    const { form, path } = await buy(shop);
    const again = await shop.post('/orders', form);
    expect(again.headers.get('location')).toBe(`${shop.gateway.url}/c/pay_1`);
    expect(shop.gateway.known.size).toBe(1);
    expect(new Set(shop.gateway.asked.map(({ returnUrl }) => returnUrl))).toEqual(new Set([`${shop.url}${path}`]));
  });

  it('twice is two orders', async () => {
    const shop = await openShop();
    const [first, second] = [await buy(shop), await buy(shop)];
    expect(second.path).not.toBe(first.path);
    expect(second.creation.orderId).not.toBe(first.creation.orderId);
  });

  it('after a lost answer asks again with the same reference and key', async () => {
    const shop = await openShop();
    shop.gateway.become('lose');
    const { answer, path } = await buy(shop);
    expect(answer.headers.get('location')).toBe(path);
    expect(titleOf(await shop.read(path))).toBe('The payment page did not answer');
    shop.gateway.become('answer');
    const again = await shop.post(`${path}/pay`, '');
    expect(again.headers.get('location')).toBe(`${shop.gateway.url}/c/pay_1`);
    expect(new Set(shop.gateway.asked.map(({ key, reference }) => `${key} ${reference}`)).size).toBe(1);
  });

  it('after a refusal asks with a new reference for the same order', async () => {
    const shop = await openShop();
    shop.gateway.become('refuse');
    const { path, creation } = await buy(shop);
    expect(titleOf(await shop.read(path))).toBe('The payment could not begin');
    shop.gateway.become('answer');
    await shop.post(`${path}/pay`, '');
    expect(shop.gateway.asked.at(-1)).toMatchObject({
      orderId: creation.orderId,
      reference: `${creation.orderId}-2`,
      key: `${creation.orderId}-2`,
    });
  });

  it('is refused for other sites, unknown products and forms that are none of ours', async () => {
    const shop = await openShop();
    const [form = ''] = await shop.front();
    expect((await shop.post('/orders', form, { 'sec-fetch-site': 'cross-site' })).status).toBe(400);
    expect((await shop.post('/orders', form.replace('hill', 'hell'))).status).toBe(400);
    expect((await shop.post('/orders', 'product=hill-blend&form=x')).status).toBe(400);
    expect((await shop.post('/orders', 'a'.repeat(5_000))).status).toBe(413);
    expect(shop.gateway.asked).toEqual([]);
  });
});

describe('an order', () => {
  it.each([
    ['payment.failed', 'The payment did not go through'],
    ['payment.canceled', 'You stopped the payment'],
    ['payment.expired', 'Time is up'],
  ])('can be paid anew after %s, by another payment', async (type, title) => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    await shop.notify(...notification(creation, { type }));
    const page = await shop.read(path);
    expect(titleOf(page)).toBe(title);
    expect(page).toContain('Nothing was charged.');
    expect(page).toContain('Try again');
    const answer = await shop.post(`${path}/pay`, '');
    expect(answer.headers.get('location')).toBe(`${shop.gateway.url}/c/pay_2`);
    const second = shop.gateway.asked.at(-1) ?? creation;
    expect(second).toMatchObject({ orderId: creation.orderId, reference: `${creation.orderId}-2` });
    await shop.notify(...notification(second, { id: 'pay_2' }));
    expect(titleOf(await shop.read(path))).toBe('Paid');
  });

  it('gets one new payment from a button that is pressed twice', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    await shop.notify(...notification(creation, { type: 'payment.expired' }));
    await Promise.all([shop.post(`${path}/pay`, ''), shop.post(`${path}/pay`, '')]);
    expect([...shop.gateway.known.keys()]).toEqual([creation.reference, `${creation.orderId}-2`]);
  });

  it('goes on with the same payment after an attempt that failed', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const failed = { type: 'payment.attempt_failed', status: 'created' };
    await shop.notify(...notification(creation, { ...failed, latestAttempt: { failureCode: 'insufficient_funds' } }));
    const page = await shop.read(path);
    expect(titleOf(page)).toBe('That did not work');
    expect(page).toContain('not enough on this account');
    const answer = await shop.post(`${path}/pay`, '');
    expect(answer.headers.get('location')).toBe(`${shop.gateway.url}/c/pay_1`);
    expect(shop.gateway.asked).toHaveLength(1);
  });

  it('is no longer paid once its payment was reversed', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    await shop.notify(...notification(creation));
    await shop.notify(...notification(creation, { type: 'payment.reversed', version: 4 }));
    expect(titleOf(await shop.read(path))).toBe('The payment was taken back');
  });

  it('that was paid late, by its first try, begins no third one', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    await shop.notify(...notification(creation, { type: 'payment.expired' }));
    await shop.post(`${path}/pay`, '');
    const second = shop.gateway.asked.at(-1) ?? creation;
    await shop.notify(...notification(second, { id: 'pay_2', type: 'payment.expired' }));
    await shop.notify(...notification(creation, { version: 4 }));
    await shop.post(`${path}/pay`, '');
    expect(shop.gateway.known.size).toBe(2);
    await shop.notify(...notification(creation, { type: 'payment.reversed', version: 5 }));
    expect(titleOf(await shop.read(path))).toBe('Time is up');
  });

  it('that is paid leads to no payment', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    await shop.notify(...notification(creation));
    const answer = await shop.post(`${path}/pay`, '');
    expect(answer.headers.get('location')).toBe(path);
    expect(shop.gateway.known.size).toBe(1);
  });

  it('survives a restart, with the notifications it has seen', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tollgate-shop-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    const shop = await openShop({ dataFile: join(folder, 'shop.sqlite') });
    const { creation, path } = await buy(shop);
    const paid = notification(creation);
    await shop.notify(...paid);
    await cleanups.pop()?.();
    const reopened = await startShop(shop.settings);
    cleanups.push(reopened.close);
    const visitor = visitorOf(reopened.url);
    expect(titleOf(await visitor.read(path))).toBe('Paid');
    await visitor.notify(...paid);
    expect(shop.log).toContain('A notification changed no order: duplicate');
  });

  it('is not shown to other sites by frames or referrers, and runs no scripts but ours', async () => {
    const shop = await openShop();
    const { path } = await buy(shop);
    const { headers } = await fetch(`${shop.url}${path}`);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'$/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is found by nobody who does not know its key', async () => {
    const shop = await openShop();
    const { path } = await buy(shop);
    expect((await fetch(`${shop.url}${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`)).status).toBe(404);
    expect((await fetch(`${shop.url}/orders/1001`)).status).toBe(404);
  });
});

describe('an open order page', () => {
  it('hears at once how the order stands, and of each change', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const stream = await fetch(`${shop.url}${path}/events`);
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    const reader = (stream.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    const until = async (text: string) => {
      while (!heard.includes(text)) {
        const { value, done } = await reader.read();
        if (done) throw new Error('The stream ended');
        heard += value;
      }
    };
    await until('Waiting for the payment');
    expect(heard).not.toContain('Paid');
    await shop.notify(...notification(creation));
    await until('Paid');
    await reader.cancel();
  });

  it('reloads itself while it waits, in a browser that runs no scripts', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const refresh = /<noscript><meta http-equiv="refresh" content="\d+"><\/noscript>/;
    expect(await shop.read(path)).toMatch(refresh);
    await shop.notify(...notification(creation));
    expect(await shop.read(path)).not.toContain('http-equiv');
  });

  it('does not hold up the shop when it closes', async () => {
    const shop = await openShop();
    const { path } = await buy(shop);
    const stream = await fetch(`${shop.url}${path}/events`);
    const startedMs = performance.now();
    await cleanups.pop()?.();
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    await expect(stream.text()).resolves.toContain('Waiting');
  });
});

it('a shop does not open on a port that is taken', async () => {
  const shop = await openShop();
  const port = Number(new URL(shop.url).port);
  await expect(startShop({ ...shop.settings, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
