import type { ProblemCode } from '../../src/kernel/problem.ts';
import type { Answer } from '../support/api-client.ts';
import { freshReference } from '../support/merchant.ts';
import { createWhileUnhealthy } from './acknowledgment-scenarios.ts';
import { createTransactionBeyondLimit } from './limit-scenarios.ts';
import { type Scenario, type Stage, withCutOffPassed, without } from './refusal-stage.ts';

const PAN = '4111 1111 1111 1111';

function createTx({ shop }: Stage, fields: object = {}): Promise<Answer> {
  const body = { reference: freshReference(), callbackUrl: 'https://shop.example/done', amount: '12.50', ...fields };
  return shop.send('POST', '/bluebox/secure/createTx', { body });
}

async function act({ shop }: Stage, verb: 'refund' | 'reverse', body: object, id?: string): Promise<Answer> {
  const transactionId = id ?? (await shop.pay()).id;
  return shop.send('POST', `/bluebox/secure/transactions/${transactionId}/${verb}`, { body });
}

async function unpaid(stage: Stage): Promise<string> {
  return (await createTx(stage)).body.transactionId;
}

/** How each refusal comes about that Bluebox's endpoints declare. */
export const BLUEBOX_SCENARIOS: Readonly<Record<string, Partial<Record<ProblemCode, Scenario>>>> = {
  createBlueboxTransaction: {
    async reference_already_used(stage) {
      const reference = freshReference();
      await createTx(stage, { reference });
      return createTx(stage, { reference });
    },
    endpoint_unhealthy: (stage) => createWhileUnhealthy(stage, () => createTx(stage)),
    card_number_not_allowed: (stage) => createTx(stage, { description: PAN }),
    target_not_allowed: (stage) => createTx(stage, { notificationUrl: 'https://169.254.169.254/' }),
    limit_exceeded: createTransactionBeyondLimit,
  },
  findBlueboxTransaction: {
    not_found: ({ shop }) => shop.send('GET', '/bluebox/secure/transactions?reference=nobody'),
  },
  refundBlueboxTransaction: {
    idempotency_required: (stage) => act(stage, 'refund', { amount: '1.00' }),
    amount_not_available: (stage) => act(stage, 'refund', { amount: '12.51', reference: freshReference() }),
    async state_conflict(stage) {
      return act(stage, 'refund', { reference: freshReference() }, await unpaid(stage));
    },
    async reference_already_used(stage) {
      const { id } = await stage.shop.pay();
      const body = { amount: '1.00', reference: freshReference() };
      await act(stage, 'refund', body, id);
      return act(stage, 'refund', body, id);
    },
    async not_supported_by_provider(stage) {
      const { id } = await stage.shop.pay();
      return without(stage, { refund: false }, () => act(stage, 'refund', { reference: freshReference() }, id));
    },
    card_number_not_allowed: (stage) => act(stage, 'refund', { reason: PAN, reference: freshReference() }),
  },
  reverseBlueboxTransaction: {
    async state_conflict(stage) {
      return act(stage, 'reverse', {}, await unpaid(stage));
    },
    reversal_too_late: (stage) => withCutOffPassed(stage, (id) => act(stage, 'reverse', {}, id)),
    async not_supported_by_provider(stage) {
      const { id } = await stage.shop.pay();
      return without(stage, { reversal: false }, () => act(stage, 'reverse', {}, id));
    },
    card_number_not_allowed: (stage) => act(stage, 'reverse', { reason: PAN }),
  },
};
