import type { ProblemCode } from '../../src/kernel/problem.ts';
import type { Answer } from '../support/api-client.ts';
import { freshReference, type Merchant } from '../support/merchant.ts';
import { withOpenFuse } from './acknowledgment-scenarios.ts';
import { SOLD_OUT, withoutRoom } from './limit-scenarios.ts';
import type { Scenario } from './refusal-stage.ts';

const PAN = '4111 1111 1111 1111';

function create(shop: Merchant, fields: object = {}): Promise<Answer> {
  return shop.send('POST', '/qr-codes', { body: { amount: 1250, ...fields } });
}

async function scan(shop: Merchant, body: object, fields?: object): Promise<Answer> {
  const code = await create(shop, fields);
  return shop.send('POST', `/qr-codes/${code.body.id}/scan`, { body });
}

async function scanned(shop: Merchant): Promise<string> {
  const { body } = await create(shop);
  await shop.send('POST', `/qr-codes/${body.id}/scan`, { body: { token: 'tok_no_ipn' } });
  return body.id;
}

/** How each refusal comes about that the endpoints of QR codes declare. */
export const QR_CODE_SCENARIOS: Readonly<Record<string, Partial<Record<ProblemCode, Scenario>>>> = {
  createQrCode: {
    async reference_already_used({ shop }) {
      const reference = freshReference();
      await create(shop, { reference });
      return create(shop, { reference });
    },
    card_number_not_allowed: ({ shop }) => create(shop, { description: PAN }),
    target_not_allowed: ({ shop }) => create(shop, { notificationUrl: 'https://169.254.169.254/' }),
  },
  updateQrCode: {
    async state_conflict({ shop }) {
      return shop.send('PATCH', `/qr-codes/${await scanned(shop)}`, { body: { amount: 1 } });
    },
  },
  cancelQrCode: {
    async state_conflict({ shop }) {
      return shop.send('POST', `/qr-codes/${await scanned(shop)}/cancel`);
    },
  },
  scanQrCode: {
    async state_conflict({ shop }) {
      return shop.send('POST', `/qr-codes/${await scanned(shop)}/scan`, { body: {} });
    },
    async attempt_in_progress({ shop }) {
      const { body } = await create(shop);
      const path = `/qr-codes/${body.id}/scan`;
      await shop.send('POST', path, { body: { token: 'tok_pending_forever' } });
      return shop.send('POST', path, { body: { token: 'tok_approve' } });
    },
    no_provider_account: ({ stranded }) => scan(stranded.shop, { token: 'tok_approve' }),
    async endpoint_unhealthy(stage) {
      const { body } = await create(stage.shop);
      await stage.shop.send('POST', `/qr-codes/${body.id}/scan`, { body: {} });
      const path = `/qr-codes/${body.id}/scan`;
      return withOpenFuse(stage, () => stage.shop.send('POST', path, { body: { token: 'tok_approve' } }));
    },
    limit_exceeded: (stage) =>
      withoutRoom(stage, () => scan(stage.shop, {}, { cartItems: [{ ...SOLD_OUT, value: 1250 }] })),
  },
};
