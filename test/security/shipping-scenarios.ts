import type { Answer } from '../support/api-client.ts';
import type { Stage } from './refusal-stage.ts';

/** Confirms a payment whose address nobody gave. */
export async function confirmWithoutAddress({ shop }: Stage): Promise<Answer> {
  const { body } = await shop.create({ requestShipping: true });
  return shop.confirm(body.id, 'tok_approve');
}

/** The same from the shopper's browser. */
export async function confirmSessionWithoutAddress({ shop, anyone }: Stage): Promise<Answer> {
  const { body } = await shop.create({ requestShipping: true });
  return anyone.send('POST', `/checkout-sessions/${body.checkoutToken}/confirm`, { body: {} });
}
