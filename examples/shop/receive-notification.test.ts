import { describe, expect, it } from 'vitest';
import { buy, notification, openShop, START, titleOf } from './shop-fixture.ts';

describe('a notification', () => {
  it('makes the order paid', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    expect((await shop.notify(...notification(creation))).status).toBe(204);
    expect(titleOf(await shop.read(path))).toBe('Paid');
  });

  it('is needed: what stands in the address the shopper comes back by changes nothing', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const forged = `?paymentId=pay_1&reference=${creation.reference}&status=succeeded`;
    expect(titleOf(await shop.read(`${path}${forged}`))).toBe('Waiting for the payment');
    expect(titleOf(await shop.read(path))).toBe('Waiting for the payment');
  });

  it('that is forged changes nothing', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const other = `whsec_${Buffer.alloc(32, 4).toString('base64')}`;
    const [body, headers] = notification(creation, { status: 'failed' });
    const forgeries: [string, Record<string, string>, string][] = [
      [...notification(creation, { secret: other }), 'no_match'],
      [body.replace('"failed"', '"succeeded"'), headers, 'no_match'],
      [body, { ...headers, 'webhook-id': 'whd_other' }, 'no_match'],
      [body, {}, 'missing_header'],
    ];
    for (const [text, sent, reason] of forgeries) {
      const answer = await shop.notify(text, sent);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ reason });
    }
    expect(titleOf(await shop.read(path))).toBe('Waiting for the payment');
  });

  it('that is replayed later changes nothing, whatever its id', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const [body, headers] = notification(creation);
    shop.clock.now = new Date(START.getTime() + 301_000);
    const answer = await shop.notify(body, headers);
    expect([answer.status, await answer.json()]).toMatchObject([400, { reason: 'too_old' }]);
    expect(titleOf(await shop.read(path))).toBe('Waiting for the payment');
  });

  it('that comes twice counts once', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const paid = notification(creation);
    await shop.notify(...paid);
    // The same id with a higher version would be applied, were it not for the id.
    const again = notification(creation, {
      type: 'payment.reversed',
      webhookId: paid[1]['webhook-id'] ?? '',
      version: 9,
    });
    expect((await shop.notify(...paid)).status).toBe(204);
    expect((await shop.notify(...again)).status).toBe(204);
    expect(titleOf(await shop.read(path))).toBe('Paid');
    expect(shop.log).toEqual(Array(2).fill('A notification changed no order: duplicate'));
  });

  it('that was overtaken changes nothing', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    await shop.notify(...notification(creation, { version: 4 }));
    await shop.notify(...notification(creation, { type: 'payment.processing', version: 2 }));
    await shop.notify(...notification(creation, { type: 'payment.reversed', version: 4 }));
    expect(titleOf(await shop.read(path))).toBe('Paid');
  });

  it.each([
    ['another amount', { amount: 949, amountCaptured: 950 }],
    ['another currency', { currency: 'JPY' }],
    ['a part of the amount', { amountCaptured: 100 }],
    ['another payment', { id: 'pay_9' }],
    ['a reference that is not ours', { reference: 'elsewhere-1' }],
    ['no version', { version: undefined as unknown as number }],
  ])('about %s pays for nothing', async (_what, said) => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    expect((await shop.notify(...notification(creation, said))).status).toBe(204);
    expect(await shop.read(path)).not.toContain('<h1>Paid</h1>');
  });

  it('that is larger than any of the gateway is not read to its end', async () => {
    const shop = await openShop();
    expect((await shop.notify('a'.repeat(256 * 1024), {})).status).toBe(400);
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)) });
    const answer = await fetch(`${shop.url}/webhooks`, { method: 'POST', body: endless, duplex: 'half' });
    expect(answer.status).toBe(413);
  });

  it('of a type the shop does not know is acknowledged', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    const answer = await shop.notify(...notification(creation, { type: 'payment.polished', status: 'succeeded' }));
    expect(answer.status).toBe(204);
    expect(titleOf(await shop.read(path))).toBe('Waiting for the payment');
  });

  it('about a second paid try is told to a person, and the order stays paid once', async () => {
    const shop = await openShop();
    const { creation, path } = await buy(shop);
    await shop.notify(...notification(creation, { type: 'payment.expired' }));
    await shop.post(`${path}/pay`, '');
    const second = shop.gateway.asked.at(-1) ?? creation;
    await shop.notify(...notification(second, { id: 'pay_2' }));
    await shop.notify(...notification(creation, { version: 5 }));
    expect(shop.log.at(-1)).toBe('A notification changed no order: paid_twice');
    await shop.notify(...notification(creation, { type: 'payment.reversed', version: 6 }));
    expect(titleOf(await shop.read(path))).toBe('Paid');
  });
});
