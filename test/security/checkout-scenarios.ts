import type { ProblemCode } from '../../src/kernel/problem.ts';
import type { Answer } from '../support/api-client.ts';
import { freshReference } from '../support/merchant.ts';
import { createWhileUnhealthy } from './acknowledgment-scenarios.ts';
import { SOLD_OUT, withoutRoom } from './limit-scenarios.ts';
import type { Scenario, Stage } from './refusal-stage.ts';

const PAN = '4111 1111 1111 1111';
const METADATA_ADDRESS = 'https://169.254.169.254/';

function store({ shop }: Stage, fields: object = {}): Promise<Answer> {
  return shop.send('POST', '/checkouts', { body: { name: 'Tickets', amount: 1250, ...fields } });
}

async function change(stage: Stage, body: object): Promise<Answer> {
  const { id } = (await store(stage)).body;
  return stage.shop.send('PATCH', `/checkouts/${id}`, { body });
}

/** Makes a payment by a fresh checkout; `prepare` may do something to it before. */
async function pay(
  stage: Stage,
  body: object,
  prepare: (id: string) => Promise<unknown> = async () => undefined,
): Promise<Answer> {
  const { id } = (await store(stage)).body;
  await prepare(id);
  return stage.shop.send('POST', `/checkouts/${id}/create`, { body: { reference: freshReference(), ...body } });
}

/** How each refusal comes about that the endpoints of stored checkouts declare. */
export const CHECKOUT_SCENARIOS: Readonly<Record<string, Partial<Record<ProblemCode, Scenario>>>> = {
  createCheckout: {
    async reference_already_used(stage) {
      const reference = freshReference();
      await store(stage, { reference });
      return store(stage, { reference });
    },
    target_not_allowed: (stage) => store(stage, { ipnUrl: METADATA_ADDRESS }),
    card_number_not_allowed: (stage) => store(stage, { description: PAN }),
  },
  updateCheckout: {
    async reference_already_used(stage) {
      const reference = freshReference();
      await store(stage, { reference });
      return change(stage, { reference });
    },
    target_not_allowed: (stage) => change(stage, { ipnUrl: METADATA_ADDRESS }),
    card_number_not_allowed: (stage) => change(stage, { description: PAN }),
  },
  createCheckoutPayment: {
    async reference_already_used(stage) {
      const reference = freshReference();
      await stage.shop.create({ reference });
      return pay(stage, { reference });
    },
    target_not_allowed: (stage) => pay(stage, { ipnUrl: METADATA_ADDRESS }),
    card_number_not_allowed: (stage) => pay(stage, { description: PAN }),
    no_provider_account: (stage) => pay(stage, { providerAccountId: 'pa_00000000000000000000000000' }),
    state_conflict: (stage) =>
      pay(stage, {}, (id) => stage.shop.send('PATCH', `/checkouts/${id}`, { body: { status: 'archived' } })),
    endpoint_unhealthy: (stage) => createWhileUnhealthy(stage, () => pay(stage, {})),
    limit_exceeded: (stage) => withoutRoom(stage, () => pay(stage, { cartItems: [{ ...SOLD_OUT, value: 100 }] })),
  },
};
