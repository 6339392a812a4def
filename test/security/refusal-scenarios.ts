import type { ProblemCode } from '../../src/kernel/problem.ts';
import type { Capabilities } from '../../src/providers/provider-capabilities.ts';
import { type Answer, until } from '../support/api-client.ts';
import { freshReference, type Merchant, merchantOf } from '../support/merchant.ts';
import { ACCESS_SCENARIOS } from './access-scenarios.ts';
import {
  confirmSessionWhileUnhealthy,
  confirmWhileUnhealthy,
  createWhileUnhealthy,
  resetWithoutTest,
  reverseByTwo,
  settleEnded,
} from './acknowledgment-scenarios.ts';
import { BLUEBOX_SCENARIOS } from './bluebox-scenarios.ts';
import { CHECKOUT_SCENARIOS } from './checkout-scenarios.ts';
import { DOMAIN_SCENARIOS } from './domain-scenarios.ts';
import { INVOICE_SCENARIOS } from './invoice-scenarios.ts';
import { createBeyondLimit, LIMIT_SCENARIOS } from './limit-scenarios.ts';
import { NOTIFICATION_SCENARIOS } from './notification-scenarios.ts';
import { PEOPLE_SCENARIOS } from './people-scenarios.ts';
import { QR_CODE_SCENARIOS } from './qr-code-scenarios.ts';
import { RECONCILIATION_SCENARIOS } from './reconciliation-scenarios.ts';
import { type Scenario, type Stage, withCutOffPassed, without } from './refusal-stage.ts';
import {
  readEmptiedNotification,
  readOldEvent,
  replayEmptiedNotification,
  resendOldDelivery,
} from './retention-scenarios.ts';
import { SETTINGS_SCENARIOS } from './settings-scenarios.ts';
import { confirmSessionWithoutAddress, confirmWithoutAddress } from './shipping-scenarios.ts';

const PAN = '4111 1111 1111 1111';
const reason = 'broken';
const noMethod = { body: {} };
const atSandbox = { body: { provider: 'sandbox', credentials: {} } };
const CUT_OFF = { reversalCutOff: { afterSeconds: 60 } };
const SECOND_STEP = { body: { clientData: { token: 'x' } } };
const CARD_IN_SECOND_STEP = { body: { clientData: { number: PAN } } };
const REVERSING = { ackPolicy: { type: 'reverse_on_no_ack' } };
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

async function authorized({ shop }: Stage) {
  const { body } = await shop.create({ captureMethod: 'manual' });
  await shop.confirm(body.id, 'tok_no_ipn');
  return body;
}

/** Answers a dispute that the payer opens 2 s after paying; `prepare` may change something of it before. */
async function answerDispute(
  { shop }: Stage,
  text: string,
  prepare: (disputeId: string) => Promise<unknown> = async () => {},
): Promise<Answer> {
  const { id } = (await shop.create()).body;
  await shop.confirm(id, 'tok_dispute_lost');
  const dispute = await until(async () => (await shop.send('GET', `/disputes?paymentId=${id}`)).body.data[0]);
  await prepare(dispute.id);
  return shop.send('POST', `/disputes/${dispute.id}/evidence`, { body: { text } });
}

/** A notification that was applied, by its id. */
async function applied(shop: Merchant): Promise<string> {
  const { id } = (await shop.create()).body;
  await shop.confirm(id, 'tok_approve');
  const list = `/inbound-events?paymentId=${id}&state=applied`;
  return (await until(async () => (await shop.send('GET', list)).body.data[0])).id;
}

async function settle(shop: Merchant, note: string): Promise<Answer> {
  return shop.send('POST', `/inbound-events/${await applied(shop)}/resolve`, { body: { note } });
}

/** Asks something of the shop's own account at a sandbox that lacks something. */
async function ofLacking(stage: Stage, lacking: Partial<Capabilities>, verb: string, body?: object): Promise<Answer> {
  const path = `/provider-accounts/${(await stage.shop.send('GET', '/provider-accounts')).body.data[0].id}${verb}`;
  return without(stage, lacking, () => stage.shop.send(verb === '' ? 'PATCH' : 'POST', path, { body }));
}

const TOKEN_UNKNOWN = `/checkout-sessions/${'A'.repeat(43)}`;

/** For every endpoint, how each refusal that it declares comes about. */
export const SCENARIOS: Readonly<Record<string, Partial<Record<ProblemCode, Scenario>>>> = {
  ...ACCESS_SCENARIOS,
  ...RECONCILIATION_SCENARIOS,
  ...BLUEBOX_SCENARIOS,
  ...CHECKOUT_SCENARIOS,
  ...DOMAIN_SCENARIOS,
  ...INVOICE_SCENARIOS,
  ...LIMIT_SCENARIOS,
  ...PEOPLE_SCENARIOS,
  ...QR_CODE_SCENARIOS,
  ...NOTIFICATION_SCENARIOS,
  ...SETTINGS_SCENARIOS,
  logIn: {
    unauthenticated: ({ anyone }) =>
      anyone.send('POST', '/tenants/login', { body: { appName: 'nobody', appSecret: 'wrong' } }),
    https_required: ({ anyone, tollgate: { tenant } }) =>
      anyone.send('POST', '/tenants/login', {
        body: { appName: tenant.tenant.appName, appSecret: tenant.liveAppSecret },
      }),
  },
  createPayment: {
    endpoint_unhealthy: (stage) => createWhileUnhealthy(stage),
    limit_exceeded: createBeyondLimit,
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
    shipping_required: confirmWithoutAddress,
    endpoint_unhealthy: confirmWhileUnhealthy,
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
  completePayment: {
    async nothing_to_complete(stage) {
      return stage.shop.send('POST', `/payments/${(await open(stage)).id}/complete`, SECOND_STEP);
    },
    async attempt_in_progress(stage) {
      const { id } = await open(stage);
      await stage.shop.confirm(id, 'tok_pending_forever');
      return stage.shop.send('POST', `/payments/${id}/complete`, SECOND_STEP);
    },
    async state_conflict(stage) {
      return stage.shop.send('POST', `/payments/${(await canceled(stage)).id}/complete`, SECOND_STEP);
    },
    async card_number_not_allowed(stage) {
      return stage.shop.send('POST', `/payments/${(await open(stage)).id}/complete`, CARD_IN_SECOND_STEP);
    },
  },
  cancelPayment: {
    attempt_in_progress: (stage) => inDoubt(stage, ({ id }) => stage.shop.send('POST', `/payments/${id}/cancel`)),
    async state_conflict({ shop }) {
      return shop.send('POST', `/payments/${(await shop.pay()).id}/cancel`);
    },
    async not_supported_by_provider(stage) {
      const { id } = await authorized(stage);
      return without(stage, { release: false }, () => stage.shop.send('POST', `/payments/${id}/cancel`));
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
    async not_supported_by_provider(stage) {
      const { id } = await stage.shop.pay();
      return without(stage, { refund: false }, () => stage.shop.refund(id, { reason }, 'no-refunds'));
    },
    async card_number_not_allowed({ shop }) {
      return shop.refund((await shop.pay()).id, { reason: PAN }, 'card');
    },
  },
  capturePayment: {
    async amount_not_available(stage) {
      return stage.shop.send('POST', `/payments/${(await authorized(stage)).id}/capture`, { body: { amount: 1251 } });
    },
    async state_conflict({ shop }) {
      return shop.send('POST', `/payments/${(await shop.pay()).id}/capture`, { body: {} });
    },
    async not_supported_by_provider(stage) {
      const { id } = await authorized(stage);
      return without(stage, { capture: false }, () => stage.shop.send('POST', `/payments/${id}/capture`, { body: {} }));
    },
  },
  createTestClock: {
    async state_conflict({ shop }) {
      const held = await shop.send('POST', '/test-clocks', { body: {} });
      const second = await shop.send('POST', '/test-clocks', { body: {} });
      await shop.send('POST', `/test-clocks/${held.body.id}/release`);
      return second;
    },
  },
  advanceTestClock: {
    async state_conflict({ shop }) {
      const { body } = await shop.send('POST', '/test-clocks', { body: {} });
      await shop.send('POST', `/test-clocks/${body.id}/release`);
      return shop.send('POST', `/test-clocks/${body.id}/advance`, { body: { seconds: 1 } });
    },
  },
  reversePayment: {
    async state_conflict(stage) {
      return stage.shop.send('POST', `/payments/${(await open(stage)).id}/reversals`, { body: {} });
    },
    reversal_too_late: (stage) =>
      withCutOffPassed(stage, (id) => stage.shop.send('POST', `/payments/${id}/reversals`, { body: {} })),
    async not_supported_by_provider(stage) {
      const { id } = await stage.shop.pay();
      const act = () => stage.shop.send('POST', `/payments/${id}/reversals`, { body: {} });
      return without(stage, { reversal: false }, act);
    },
    async card_number_not_allowed({ shop }) {
      return shop.send('POST', `/payments/${(await shop.pay()).id}/reversals`, { body: { reason: PAN } });
    },
  },
  routeProviderAccounts: {
    card_number_not_allowed: ({ shop }) =>
      shop.send('POST', '/provider-accounts/route', { body: { amount: 1, ...cardMethod.body } }),
  },
  submitEvidence: {
    state_conflict: (stage) =>
      answerDispute(stage, 'It was delivered.', (disputeId) =>
        stage.tollgate.database.run('update disputes set evidence_due_at = created_at where dispute_id = $1', [
          disputeId,
        ]),
      ),
    not_supported_by_provider: (stage) =>
      without(stage, { evidence: false }, () => answerDispute(stage, 'It was delivered.')),
    card_number_not_allowed: (stage) => answerDispute(stage, `Paid by ${PAN}.`),
  },
  getEvent: { event_expired: readOldEvent },
  getInboundEvent: { event_expired: readEmptiedNotification },
  replayInboundEvent: {
    event_expired: replayEmptiedNotification,
    state_conflict: async ({ shop }) => shop.send('POST', `/inbound-events/${await applied(shop)}/replay`),
  },
  resolveInboundEvent: {
    state_conflict: ({ shop }) => settle(shop, 'The bank erred.'),
    card_number_not_allowed: ({ shop }) => settle(shop, PAN),
  },
  getCheckoutSession: {
    not_found: ({ anyone }) => anyone.send('GET', TOKEN_UNKNOWN),
  },
  confirmCheckoutSession: {
    shipping_required: confirmSessionWithoutAddress,
    endpoint_unhealthy: confirmSessionWhileUnhealthy,
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
  completeCheckoutSession: {
    not_found: ({ anyone }) => anyone.send('POST', `${TOKEN_UNKNOWN}/complete`, SECOND_STEP),
    async nothing_to_complete(stage) {
      const { checkoutToken } = await open(stage);
      return stage.anyone.send('POST', `/checkout-sessions/${checkoutToken}/complete`, SECOND_STEP);
    },
    async attempt_in_progress(stage) {
      const { id, checkoutToken } = await open(stage);
      await stage.shop.confirm(id, 'tok_pending_forever');
      return stage.anyone.send('POST', `/checkout-sessions/${checkoutToken}/complete`, SECOND_STEP);
    },
    async state_conflict(stage) {
      const { checkoutToken } = await canceled(stage);
      return stage.anyone.send('POST', `/checkout-sessions/${checkoutToken}/complete`, SECOND_STEP);
    },
    async card_number_not_allowed(stage) {
      const { checkoutToken } = await open(stage);
      return stage.anyone.send('POST', `/checkout-sessions/${checkoutToken}/complete`, CARD_IN_SECOND_STEP);
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
    ack_policy_not_ready: ({ shop }) =>
      shop.send('POST', '/webhook-endpoints', { body: { url: 'https://shop.example/a', ...REVERSING } }),
    target_not_allowed: ({ shop }) =>
      shop.send('POST', '/webhook-endpoints', { body: { url: 'https://169.254.169.254/' } }),
    async too_many_endpoints({ tollgate }) {
      const other = merchantOf(tollgate.apiUrl, (await tollgate.createTenant()).apiKeys.test);
      const add = () => other.send('POST', '/webhook-endpoints', { body: { url: 'https://shop.example/a' } });
      for (let count = 0; count < 50; count++) await add();
      return add();
    },
  },
  resetAckFuse: { ack_policy_not_ready: resetWithoutTest },
  fireAckDeadline: { state_conflict: settleEnded('fire') },
  dismissAckDeadline: { state_conflict: settleEnded('dismiss') },
  switchAckReversals: {
    not_found: ({ operator }) =>
      operator.send('PATCH', '/operator/ack-reversals', { body: { tenantId: 'ten_none', enabled: true, reason } }),
  },
  updateWebhookEndpoint: {
    state_conflict: reverseByTwo,
    async ack_policy_not_ready({ shop }) {
      const { body } = await shop.send('POST', '/webhook-endpoints', { body: { url: 'https://shop.example/a' } });
      return shop.send('PATCH', `/webhook-endpoints/${body.id}`, { body: REVERSING });
    },
    async target_not_allowed({ shop }) {
      const { body } = await shop.send('POST', '/webhook-endpoints', { body: { url: 'https://shop.example/a' } });
      return shop.send('PATCH', `/webhook-endpoints/${body.id}`, { body: { url: 'https://169.254.169.254/' } });
    },
  },
  createProviderAccount: {
    not_supported_by_provider: (stage) =>
      without(stage, { modes: ['live'] }, () => stage.shop.send('POST', '/provider-accounts', atSandbox)),
  },
  createPartnerKey: {
    async merchant_code_taken({ shop }) {
      const body = { merchantCode: 'TAKEN_ONCE' };
      await shop.send('POST', '/partner-keys', { body });
      return shop.send('POST', '/partner-keys', { body });
    },
  },
  rotatePartnerKey: {
    async state_conflict({ shop }) {
      const { id } = (await shop.send('POST', '/partner-keys', { body: {} })).body;
      await shop.send('POST', `/partner-keys/${id}/revoke`);
      return shop.send('POST', `/partner-keys/${id}/rotate`, { body: {} });
    },
  },
  updateProviderAccount: { not_supported_by_provider: (stage) => ofLacking(stage, { reversal: false }, '', CUT_OFF) },
  testProviderAccount: { no_provider_account: (stage) => ofLacking(stage, { modes: ['live'] }, '/test') },
  checkNotification: {
    no_provider_account: (stage) => ofLacking(stage, { modes: ['live'] }, '/check-notification', { body: '' }),
  },
  resendDelivery: {
    event_expired: resendOldDelivery,
    state_conflict: ({ shop, orphanedDeliveryId }) => shop.send('POST', `/deliveries/${orphanedDeliveryId}/resend`),
  },
  rotateWebhookSecret: {
    async state_conflict({ shop }) {
      const { body } = await shop.send('POST', '/webhook-endpoints', { body: { url: 'https://shop.example/a' } });
      const rotate = () => shop.send('POST', `/webhook-endpoints/${body.id}/rotate-secret`, { body: {} });
      await rotate();
      await rotate();
      return rotate();
    },
  },
  createProduct: {
    async reference_already_used({ shop }) {
      const body = { name: 'Twin', reference: freshReference() };
      await shop.send('POST', '/products', { body });
      return shop.send('POST', '/products', { body });
    },
  },
  updateProduct: {
    async reference_already_used({ shop }) {
      const reference = freshReference();
      await shop.send('POST', '/products', { body: { name: 'First', reference } });
      const { body } = await shop.send('POST', '/products', { body: { name: 'Second' } });
      return shop.send('PATCH', `/products/${body.id}`, { body: { reference } });
    },
  },
  getNotificationSettingsAsOperator: {
    not_found: ({ operator }) => operator.send('GET', '/operator/notification-settings?tenantId=ten_none&mode=test'),
  },
  updateNotificationSettingsAsOperator: {
    not_found: ({ operator }) =>
      operator.send('PATCH', '/operator/notification-settings?tenantId=ten_none&mode=test', { body: {} }),
  },
  listPaymentsInDoubt: {
    not_found: ({ operator }) => operator.send('GET', '/operator/payments-in-doubt?tenantId=ten_none'),
  },
  removeTenant: {
    state_conflict: async ({ operator, tollgate }) => {
      const { tenantId, appName } = (await tollgate.createTenant()).tenant;
      const remove = () => operator.send('POST', `/operator/tenants/${tenantId}/remove`, { body: { appName } });
      await remove();
      return remove();
    },
    not_found: ({ operator }) =>
      operator.send('POST', '/operator/tenants/ten_none/remove', { body: { appName: 'none' } }),
  },
  rotateKeys: {
    // The key that would sign next was made when this installation started.
    state_conflict: ({ operator }) =>
      operator.send('POST', '/operator/encryption-keys/rotate', { body: { what: 'tokens' } }),
    not_found: ({ operator }) =>
      operator.send('POST', '/operator/encryption-keys/rotate', { body: { what: 'data', tenantId: 'ten_none' } }),
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
