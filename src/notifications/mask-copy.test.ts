import { expect, test } from 'vitest';
import { maskCopy } from './mask-copy.ts';
import type { StoredEvent } from './store-deliveries.ts';

function event(object: unknown): StoredEvent {
  return {
    tenantId: 'ten_1',
    eventId: 'evt_1',
    mode: 'live',
    type: 'payment.succeeded',
    apiVersion: '2026-11-21',
    paymentId: 'pay_1',
    notificationUrl: null,
    object,
    createdAt: Temporal.Instant.from('2026-01-01T00:00:00Z'),
  };
}

test('S3.30 a copy shows amounts, ids and states, and nothing of a customer or what opens something', () => {
  const copy = maskCopy(
    event({
      id: 'pay_1',
      amount: 1250,
      currency: 'EUR',
      status: 'succeeded',
      late: false,
      reference: 'order-1',
      description: 'A ring for Jane Doe',
      customer: { name: 'Jane Doe', email: 'jane@doe.example', id: 'cus_1' },
      metadata: { reference: 'jane@doe.example', status: 'Jane' },
      cartItems: [{ description: 'Ring', value: 1250, id: 'Jane' }],
      returnUrl: 'https://shop.example/?token=secret',
      nextAction: { type: 'client', clientSecret: 'secret' },
      latestAttempt: { id: 'att_1', state: 'succeeded', providerRef: 'ch_1', card: { last4: '4242' } },
      phone: 4_366_012_345_678,
      canceledBy: null,
    }),
  );
  expect(copy).not.toMatch(/jane|doe|ring|secret|4242|43660/i);
  expect(JSON.parse(copy)).toMatchObject({
    id: 'evt_1',
    type: 'payment.succeeded',
    data: {
      object: {
        ...{ id: 'pay_1', amount: 1250, currency: 'EUR', status: 'succeeded', late: false, reference: 'order-1' },
        ...{ customer: '[masked]', metadata: '[masked]', cartItems: '[masked]', canceledBy: null },
        latestAttempt: { id: 'att_1', state: 'succeeded', providerRef: 'ch_1', card: '[masked]' },
      },
    },
  });
});

test('a card number is masked even where a reference may stand', () => {
  expect(maskCopy(event({ reference: '4111 1111 1111 1111' }))).not.toContain('4111');
});

test('a copy is cut', () => {
  const copy = maskCopy(event(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`member${index}`, 'x']))));
  expect(copy.length).toBeLessThan(4_100);
  expect(copy).toMatch(/… \(cut\)$/);
});
