import { randomBytes } from 'node:crypto';

/** The body of a small shop's order; what differs from one to the next is drawn anew. */
export function paymentBody(reference: string): string {
  const order = randomBytes(4).toString('hex');
  return JSON.stringify({
    reference,
    amount: 4_990,
    currency: 'EUR',
    description: `Two tickets, order ${order}`,
    orderId: `order-${order}`,
    returnUrl: `https://shop.example/thanks?order=${order}`,
    cancelUrl: `https://shop.example/cart?order=${order}`,
    customer: { name: 'Ana Beispiel', email: `ana.${order}@shop.example`, locale: 'de-AT' },
    metadata: { cart: order, channel: 'web', campaign: 'spring' },
  });
}
