import type { ProblemCode } from '../../src/kernel/problem.ts';
import type { Answer } from '../support/api-client.ts';
import type { Installation } from '../support/installation.ts';
import { freshReference, type Merchant } from '../support/merchant.ts';
import type { SandboxLine } from '../support/sandbox-line.ts';

/** What a scenario may use. */
export interface Stage {
  readonly tollgate: Installation;
  readonly shop: Merchant;
  readonly operator: Merchant;
  readonly anyone: Merchant;
  readonly line: SandboxLine;
  /** A second tenant whose only provider account is disabled; it has one open payment from before. */
  readonly stranded: { readonly shop: Merchant; readonly paymentId: string; readonly checkoutToken: string };
  /** A delivery of an endpoint that was deleted afterwards. */
  readonly orphanedDeliveryId: string;
}

type Scenario = (stage: Stage) => Promise<Answer>;

const PAN = '4111 1111 1111 1111';
const reason = 'broken';
const noMethod = { body: {} };
const cardMethod = { body: { method: { type: 'card', number: PAN } } };

async function open({ shop }: Stage) {
  return (await shop.create()).body;
}

async function canceled(stage: Stage) {
  const payment = await open(stage);
  await stage.shop.send('POST', `/payments/${payment.id}/cancel`);
  return payment;
}

/** A payment whose attempt nobody can ask about any more: the provider has it and cannot be reached. */
async function inDoubt(stage: Stage, act: (payment: Answer['body']) => Promise<Answer>): Promise<Answer> {
  const payment = await open(stage);
  await stage.shop.confirm(payment.id, 'tok_pending_forever');
  stage.line.state = 'cut';
  try {
    return await act(payment);
  } finally {
    stage.line.state = 'open';
  }
}

const TOKEN_UNKNOWN = `/checkout-sessions/${'A'.repeat(43)}`;

/** For every endpoint, how each refusal that it declares comes about. */
export const SCENARIOS: Readonly<Record<string, Partial<Record<ProblemCode, Scenario>>>> = {
  logIn: {
    unauthenticated: ({ anyone }) =>
      anyone.send('POST', '/tenants/login', { body: { appName: 'nobody', appSecret: 'wrong' } }),
    https_required: ({ anyone, tollgate: { tenant } }) =>
      anyone.send('POST', '/tenants/login', {
        body: { appName: tenant.tenant.appName, appSecret: tenant.liveAppSecret },
      }),
  },
  createPayment: {
    async reference_already_used({ shop }) {
      const reference = freshReference();
      await shop.create({ reference });
      return shop.create({ reference });
    },
    card_number_not_allowed: ({ shop }) => shop.create({ description: PAN }),
    target_not_allowed: ({ shop }) => shop.create({ notificationUrl: 'https://169.254.169.254/' }),
    no_provider_account: ({ shop }) => shop.create({ providerAccountId: 'pa_00000000000000000000000000' }),
  },
  confirmPayment: {
    async attempt_in_progress(stage) {
      const { id } = await open(stage);
      await stage.shop.confirm(id, 'tok_pending_forever');
      return stage.shop.confirm(id, 'tok_approve');
    },
    async state_conflict(stage) {
      return stage.shop.confirm((await canceled(stage)).id, 'tok_approve');
    },
    no_provider_account: ({ stranded }) => stranded.shop.confirm(stranded.paymentId, 'tok_approve'),
    async card_number_not_allowed(stage) {
      return stage.shop.send('POST', `/payments/${(await open(stage)).id}/confirm`, cardMethod);
    },
  },
  cancelPayment: {
    attempt_in_progress: (stage) => inDoubt(stage, ({ id }) => stage.shop.send('POST', `/payments/${id}/cancel`)),
    async state_conflict({ shop }) {
      return shop.send('POST', `/payments/${(await shop.pay()).id}/cancel`);
    },
  },
  createCheckoutToken: {
    async state_conflict({ shop }) {
      return shop.send('POST', `/payments/${(await shop.pay()).id}/checkout-token`);
    },
  },
  createRefund: {
    async idempotency_required({ shop }) {
      return shop.refund((await shop.pay()).id, { amount: 100, reason });
    },
    async amount_not_available({ shop }) {
      return shop.refund((await shop.pay()).id, { amount: 1251, reason }, 'too-much');
    },
    async state_conflict(stage) {
      return stage.shop.refund((await open(stage)).id, { reason }, 'unpaid');
    },
    async reference_already_used({ shop }) {
      const { id } = await shop.pay();
      const reference = freshReference();
      await shop.refund(id, { amount: 100, reason, reference });
      return shop.refund(id, { amount: 100, reason, reference });
    },
    async card_number_not_allowed({ shop }) {
      return shop.refund((await shop.pay()).id, { reason: PAN }, 'card');
    },
  },
  getCheckoutSession: {
    not_found: ({ anyone }) => anyone.send('GET', TOKEN_UNKNOWN),
  },
  confirmCheckoutSession: {
    not_found: ({ anyone }) => anyone.send('POST', `${TOKEN_UNKNOWN}/confirm`, noMethod),
    async attempt_in_progress(stage) {
      const { id, checkoutToken } = await open(stage);
      await stage.shop.confirm(id, 'tok_pending_forever');
      return stage.anyone.send('POST', `/checkout-sessions/${checkoutToken}/confirm`, noMethod);
    },
    async state_conflict(stage) {
      const { checkoutToken } = await canceled(stage);
      return stage.anyone.send('POST', `/checkout-sessions/${checkoutToken}/confirm`, noMethod);
    },
    no_provider_account: ({ anyone, stranded }) =>
      anyone.send('POST', `/checkout-sessions/${stranded.checkoutToken}/confirm`, noMethod),
    async card_number_not_allowed(stage) {
      const { checkoutToken } = await open(stage);
      return stage.anyone.send('POST', `/checkout-sessions/${checkoutToken}/confirm`, cardMethod);
    },
  },
  cancelCheckoutSession: {
    not_found: ({ anyone }) => anyone.send('POST', `${TOKEN_UNKNOWN}/cancel`),
    attempt_in_progress: (stage) =>
      inDoubt(stage, ({ checkoutToken }) => stage.anyone.send('POST', `/checkout-sessions/${checkoutToken}/cancel`)),
    async state_conflict(stage) {
      const { id, checkoutToken } = await open(stage);
      await stage.shop.confirm(id, 'tok_no_ipn');
      return stage.anyone.send('POST', `/checkout-sessions/${checkoutToken}/cancel`);
    },
  },
  createWebhookEndpoint: {
    target_not_allowed: ({ shop }) =>
      shop.send('POST', '/webhook-endpoints', { body: { url: 'https://169.254.169.254/' } }),
  },
  updateWebhookEndpoint: {
    async target_not_allowed({ shop }) {
      const { body } = await shop.send('POST', '/webhook-endpoints', { body: { url: 'https://shop.example/a' } });
      return shop.send('PATCH', `/webhook-endpoints/${body.id}`, { body: { url: 'https://169.254.169.254/' } });
    },
  },
  resendDelivery: {
    state_conflict: ({ shop, orphanedDeliveryId }) => shop.send('POST', `/deliveries/${orphanedDeliveryId}/resend`),
  },
  createTenant: {
    app_name_taken: ({ operator, tollgate: { tenant } }) =>
      operator.send('POST', '/operator/tenants', {
        body: { name: 'Twin', appName: tenant.tenant.appName, currency: 'EUR' },
      }),
    not_found: ({ operator }) =>
      operator.send('POST', '/operator/tenants', {
        body: { name: 'Orphan', appName: 'orphan', currency: 'EUR', parentTenantId: 'ten_none' },
      }),
  },
};
