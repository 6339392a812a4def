import { until } from '../support/api-client.ts';
import { pngImage } from '../support/images.ts';
import type { Installation } from '../support/installation.ts';
import { book, CUSTOMER, issued, SETTINGS } from '../support/invoice-desk.ts';
import { freshReference, type Merchant } from '../support/merchant.ts';
import { plantDeadline } from '../support/planted-deadline.ts';
import { plantEarlierMonth } from '../support/planted-month.ts';
import { ACCESS_ACTS } from './audit-access-scenarios.ts';

/** What an act may be made of. */
export interface ActStage {
  readonly tollgate: Installation;
  readonly shop: Merchant;
  readonly operator: Merchant;
  /** Takes every notification. */
  readonly sinkUrl: string;
}

/** A request that succeeds: by its address, and its body where the declaration's example does not do. */
export interface Act {
  readonly path: string;
  readonly body?: unknown;
  readonly file?: Buffer;
  /** Nothing to change: it is recorded, but as that. */
  readonly changes?: false;
}

export type ActScenario = (stage: ActStage) => Promise<Act>;

const made = async ({ shop }: ActStage, path: string, body: unknown): Promise<string> =>
  (await shop.send('POST', path, { body })).body.id;
const endpointOf = (stage: ActStage) =>
  made(stage, '/webhook-endpoints', { url: `${stage.sinkUrl}/hook`, eventTypes: ['dispute.opened'] });
const accountOf = async ({ shop }: ActStage): Promise<string> =>
  (await shop.send('GET', '/provider-accounts')).body.data.at(-1).id;
const paidOf = async ({ shop }: ActStage): Promise<string> => (await shop.pay()).id;
const at =
  (path: string): ActScenario =>
  async () => ({ path });
const on =
  (noun: string, of: (stage: ActStage) => Promise<string>, verb = '', body?: unknown): ActScenario =>
  async (stage) => ({ path: `/${noun}/${await of(stage)}${verb}`, ...(body === undefined ? {} : { body }) });

const EXAMPLES = {
  products: (stage: ActStage) => made(stage, '/products', { name: 'Tickets' }),
  checkouts: (stage: ActStage) => made(stage, '/checkouts', { name: 'Tickets', amount: 1250 }),
  'limit-baskets': (stage: ActStage) =>
    made(stage, '/limit-baskets', { itemTypes: ['AIRTIME'], per: 'merchant', dailyMax: 100 }),
  'partner-keys': (stage: ActStage) => made(stage, '/partner-keys', {}),
  'qr-codes': (stage: ActStage) => made(stage, '/qr-codes', { amount: 1250 }),
  listeners: (stage: ActStage) => made(stage, '/listeners', {}),
};

async function draftBody({ shop }: ActStage): Promise<object> {
  await shop.send('PUT', '/invoicing-settings', { body: SETTINGS });
  return { customer: CUSTOMER, lines: [book(5000)] };
}
async function invoiceDraft(stage: ActStage): Promise<string> {
  return made(stage, '/invoices', await draftBody(stage));
}
async function issuedInvoice(stage: ActStage): Promise<string> {
  await draftBody(stage);
  return (await issued(stage.shop, { lines: [book(5000)] })).id;
}

let domains = 0;
const domainOf = (stage: ActStage) => made(stage, '/domains', { domain: `pay-${domains++}.shop.example` });

async function openPayment({ shop }: ActStage): Promise<string> {
  return (await shop.create()).body.id;
}

async function authorized({ shop }: ActStage): Promise<string> {
  const { id } = (await shop.create({ captureMethod: 'manual' })).body;
  await shop.confirm(id, 'tok_no_ipn');
  return id;
}

async function disputed({ shop }: ActStage): Promise<string> {
  const { id } = (await shop.create()).body;
  await shop.confirm(id, 'tok_dispute_lost');
  return (await until(async () => (await shop.send('GET', `/disputes?paymentId=${id}`)).body.data[0])).id;
}

/** A verified notification that was set aside. */
async function setAside(stage: ActStage): Promise<string> {
  const { tollgate, shop } = stage;
  await disputed(stage);
  const [event] = (await shop.send('GET', '/inbound-events?limit=1')).body.data;
  await until(async () => (await shop.send('GET', `/inbound-events/${event.id}`)).body.state !== 'pending');
  await tollgate.database.run(`update inbound_events set state = 'quarantined' where inbound_event_id = $1`, [
    event.id,
  ]);
  return event.id;
}

async function deadline(stage: ActStage): Promise<string> {
  const { database, tenant } = stage.tollgate;
  const { tenantId } = tenant.tenant;
  const [paymentId, endpointId] = [await paidOf(stage), await endpointOf(stage)];
  return plantDeadline(database, { tenantId, paymentId, endpointId, state: 'suppressed' });
}

async function statement(stage: ActStage): Promise<Act> {
  const csv = `line_ref,kind,occurred_at,currency,gross\n${freshReference()},charge,2026-01-01,EUR,1000`;
  return { path: '/statements', body: { source: 'upload', providerAccountId: await accountOf(stage), csv } };
}

async function exception(stage: ActStage): Promise<string> {
  const { path, body } = await statement(stage);
  const { id } = (await stage.shop.send('POST', path, { body })).body;
  await until(async () => (await stage.shop.send('GET', `/statements/${id}`)).body.status === 'reconciled');
  return (await stage.shop.send('GET', '/reconciliation-exceptions?state=open')).body.data[0].id;
}

/** A month that is over and has something in it; closed where it is to be opened again. */
async function month(stage: ActStage): Promise<string> {
  return plantEarlierMonth(stage.tollgate.database, stage.tollgate.tenant.tenant.tenantId);
}

async function closedMonth(stage: ActStage): Promise<string> {
  const id = await month(stage);
  await stage.shop.send('POST', `/periods/${id}/close`, { body: { note: 'To open it again' } });
  return id;
}

async function runningReplay(stage: ActStage): Promise<string> {
  const endpointId = await endpointOf(stage);
  const { id } = (
    await stage.shop.send('POST', `/webhook-endpoints/${endpointId}/replay`, {
      body: { since: '2026-01-01T00:00:00Z' },
    })
  ).body;
  // The worker has nothing more to do for it, and it counts as running all the same.
  await until(async () => (await stage.shop.send('GET', `/replays/${id}`)).body.state === 'done');
  await stage.tollgate.database.run(`update replays set status = 'running', ended_at = null where replay_id = $1`, [
    id,
  ]);
  return id;
}

async function heldClock(stage: ActStage): Promise<string> {
  await stage.tollgate.database.run(`update test_clocks set status = 'released'`);
  return made(stage, '/test-clocks', {});
}

async function sentDelivery({
  shop,
  sinkUrl,
}: ActStage): Promise<{ readonly id: string; readonly eventId: string; readonly endpointId: string }> {
  const body = { url: `${sinkUrl}/sent`, eventTypes: ['payment.created'] };
  const endpointId = (await shop.send('POST', '/webhook-endpoints', { body })).body.id;
  await shop.create();
  return until(
    async () => (await shop.send('GET', `/deliveries?endpointId=${endpointId}&status=succeeded`)).body.data[0],
  );
}

const ofTenant = (stage: ActStage, path: string) => `${path}?tenantId=${stage.tollgate.tenant.tenant.tenantId}`;

/** By endpoint, how it succeeds. */
export const ACTS: Readonly<Record<string, ActScenario>> = {
  ...ACCESS_ACTS,
  cancelPayment: on('payments', openPayment, '/cancel'),
  createCheckoutToken: on('payments', openPayment, '/checkout-token'),
  syncPaymentAsOperator: async (stage) => ({
    path: ofTenant(stage, `/operator/payments/${await paidOf(stage)}/sync`),
    changes: false,
  }),
  capturePayment: on('payments', authorized, '/capture', { amount: 1250 }),
  createRefund: async (stage) => ({
    path: `/payments/${await paidOf(stage)}/refunds`,
    body: { amount: 100, reason: 'broken', reference: freshReference() },
  }),
  reversePayment: on('payments', paidOf, '/reversals'),
  submitEvidence: on('disputes', disputed, '/evidence'),
  replayInboundEvent: on('inbound-events', setAside, '/replay'),
  resolveInboundEvent: on('inbound-events', setAside, '/resolve'),
  createStatement: statement,
  resolveReconciliationException: on('reconciliation-exceptions', exception, '/resolve'),
  updateReconciliationSettings: on('provider-accounts', accountOf, '/reconciliation'),
  closePeriod: on('periods', month, '/close'),
  reopenPeriod: on('periods', closedMonth, '/reopen'),
  refundBlueboxTransaction: async (stage) => ({
    path: `/bluebox/secure/transactions/${await paidOf(stage)}/refund`,
    body: { amount: '1.00', reference: freshReference() },
  }),
  reverseBlueboxTransaction: async (stage) => ({ path: `/bluebox/secure/transactions/${await paidOf(stage)}/reverse` }),
  cancelQrCode: on('qr-codes', EXAMPLES['qr-codes'], '/cancel'),
  updateQrCode: on('qr-codes', EXAMPLES['qr-codes']),
  checkDomain: on('domains', domainOf, '/check'),
  createDomain: at('/domains'),
  deleteDomain: on('domains', domainOf),
  createWebhookEndpoint: at('/webhook-endpoints'),
  deleteWebhookEndpoint: on('webhook-endpoints', endpointOf),
  updateWebhookEndpoint: on('webhook-endpoints', endpointOf),
  pauseWebhookEndpoint: on('webhook-endpoints', endpointOf, '/pause'),
  resumeWebhookEndpoint: on('webhook-endpoints', endpointOf, '/resume'),
  rotateWebhookSecret: on('webhook-endpoints', endpointOf, '/rotate-secret'),
  updateNotificationSettings: at('/notification-settings'),
  updateNotificationSettingsAsOperator: async (stage) => ({
    path: `${ofTenant(stage, '/operator/notification-settings')}&mode=test`,
    body: { enabled: true },
  }),
  updateProductNotificationSettings: on('products', EXAMPLES.products, '/notification-settings'),
  resendDelivery: async (stage) => ({ path: `/deliveries/${(await sentDelivery(stage)).id}/resend` }),
  resendEvent: async (stage) => {
    const { eventId, endpointId } = await sentDelivery(stage);
    return { path: `/events/${eventId}/resend`, body: { endpointId } };
  },
  createProduct: at('/products'),
  updateProduct: on('products', EXAMPLES.products),
  createCheckout: at('/checkouts'),
  updateCheckout: on('checkouts', EXAMPLES.checkouts),
  setInvoicingSettings: at('/invoicing-settings'),
  createInvoice: async (stage) => ({ path: '/invoices', body: await draftBody(stage) }),
  updateInvoice: on('invoices', invoiceDraft),
  addInvoiceLines: on('invoices', invoiceDraft, '/lines'),
  deleteInvoice: on('invoices', invoiceDraft),
  issueInvoice: on('invoices', invoiceDraft, '/issue'),
  creditInvoice: on('invoices', issuedInvoice, '/credit-notes'),
  createLimitBasket: at('/limit-baskets'),
  deleteLimitBasket: on('limit-baskets', EXAMPLES['limit-baskets']),
  updateLimitBasket: on('limit-baskets', EXAMPLES['limit-baskets']),
  declareRestored: at('/operator/ack-reversals/restored'),
  dismissAckDeadline: on('ack-deadlines', deadline, '/dismiss'),
  fireAckDeadline: on('ack-deadlines', deadline, '/fire'),
  resetAckFuse: on('webhook-endpoints', endpointOf, '/fuse/reset'),
  switchAckReversals: at('/operator/ack-reversals'),
  cancelReplay: on('replays', runningReplay, '/cancel'),
  replayWebhookEndpoint: on('webhook-endpoints', endpointOf, '/replay', { since: '2026-01-01T00:00:00Z' }),
  createListener: at('/listeners'),
  deleteListener: on('listeners', EXAMPLES.listeners),
  createSimulation: async ({ sinkUrl }) => ({
    path: '/simulations',
    body: { url: `${sinkUrl}/tried`, dialect: 'standard', eventType: 'payment.succeeded' },
  }),
  simulateEvent: on('webhook-endpoints', endpointOf, '/simulate'),
  testWebhookEndpoint: on('webhook-endpoints', endpointOf, '/test'),
  createProviderAccount: at('/provider-accounts'),
  disableProviderAccount: on('provider-accounts', secondAccount, '/disable'),
  enableProviderAccount: on('provider-accounts', secondAccount, '/enable'),
  rotateProviderAccount: on('provider-accounts', secondAccount, '/rotate'),
  testProviderAccount: async (stage) => ({ path: `/provider-accounts/${await accountOf(stage)}/test`, changes: false }),
  updateProviderAccount: on('provider-accounts', accountOf),
  resetCircuit: on('provider-accounts', accountOf, '/reset-circuit'),
  resetCircuitAsOperator: async (stage) => ({
    path: ofTenant(stage, `/operator/provider-accounts/${await accountOf(stage)}/reset-circuit`),
  }),
  createPartnerKey: at('/partner-keys'),
  revokePartnerKey: on('partner-keys', EXAMPLES['partner-keys'], '/revoke'),
  rotatePartnerKey: on('partner-keys', EXAMPLES['partner-keys'], '/rotate'),
  advanceTestClock: on('test-clocks', heldClock, '/advance', { seconds: 1 }),
  createTestClock: async (stage) => {
    await stage.shop.send('POST', `/test-clocks/${await heldClock(stage)}/release`);
    return { path: '/test-clocks' };
  },
  releaseTestClock: on('test-clocks', heldClock, '/release'),
  createTenant: at('/operator/tenants'),
  updateSettings: at('/settings'),
  putLogo: async () => ({ path: '/settings/logo', file: pngImage(120, 40) }),
  deleteLogo: at('/settings/logo'),
};

async function secondAccount(stage: ActStage): Promise<string> {
  const { data } = (await stage.shop.send('GET', '/provider-accounts')).body;
  const known = data.find(({ name }: { name: string }) => name === 'Second');
  const credentials = { merchantCode: 'second-shop', secretKey: 'a-secret-of-16-or-more' };
  return known?.id ?? made(stage, '/provider-accounts', { provider: 'sandbox', name: 'Second', credentials });
}
