import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { TENANT_PERMISSIONS } from '../../src/access/permission.ts';
import { OPERATOR_KEY_PERMISSIONS } from '../../src/access/role.ts';
import { BY_NAME_ONLY } from '../../src/kernel/caller.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import type { Endpoint } from '../../src/kernel/endpoint.ts';
import { PROBLEMS } from '../../src/kernel/problem.ts';
import { ENDPOINTS } from '../../src/roles/declarations.ts';
import { type Answer, call, until } from '../support/api-client.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { book } from '../support/invoice-desk.ts';
import { merchantOf } from '../support/merchant.ts';
import { setUpOwner } from '../support/panel-person.ts';
import { layLine, type SandboxLine } from '../support/sandbox-line.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';
import { SCENARIOS } from './refusal-scenarios.ts';
import type { Stage } from './refusal-stage.ts';

let tollgate: Installation;
let line: SandboxLine;
let sink: WebhookSink;
let stage: Stage;
let powerless: string;
let mighty: string;

beforeAll(async () => {
  [line, sink] = await Promise.all([layLine(), startWebhookSink()]);
  tollgate = await startInstallation({ environment: { TOLLGATE_SANDBOX_URL: line.url } });
  line.target = tollgate.sandbox.url;
  const { apiUrl, tenant, operatorKey } = tollgate;
  const shop = merchantOf(apiUrl, tenant.apiKeys.test);
  const { query } = tollgate.tollgate.gateway.payments.database;
  const { tenantId } = tenant.tenant;
  const scopes = ['*', ...BY_NAME_ONLY] as const;
  mighty = await createApiKey(query, systemClock, { tenantId, mode: 'test', name: 'May do all', scopes });
  powerless = await createApiKey(query, systemClock, {
    ...{ tenantId, mode: 'test' },
    name: 'May do next to nothing',
    scopes: ['nothing:read'],
  });
  stage = {
    tollgate,
    line,
    shop,
    admin: merchantOf(apiUrl, mighty),
    operator: merchantOf(apiUrl, operatorKey),
    anyone: merchantOf(apiUrl, 'nobody'),
    owner: await setUpOwner(tollgate),
    stranded: await strandedShop(),
    orphanedDeliveryId: await orphanedDelivery(shop),
  };
});
afterAll(async () => {
  await tollgate.close();
  await Promise.all([line.close(), sink.close()]);
});

async function strandedShop(): Promise<Stage['stranded']> {
  const other = await tollgate.createTenant();
  const shop = merchantOf(tollgate.apiUrl, other.apiKeys.test);
  const { body } = await shop.create();
  await tollgate.database.run(`update provider_accounts set status = 'disabled' where tenant_id = $1`, [
    other.tenant.tenantId,
  ]);
  return { shop, paymentId: body.id, checkoutToken: body.checkoutToken };
}

async function orphanedDelivery(shop: Stage['shop']): Promise<string> {
  const endpoint = await shop.send('POST', '/webhook-endpoints', { body: { url: `${sink.url}/orphan` } });
  await shop.create();
  const delivery = await until(async () => {
    const { body } = await shop.send('GET', `/deliveries?endpointId=${endpoint.body.id}&status=succeeded`);
    return body.data[0];
  });
  await shop.send('DELETE', `/webhook-endpoints/${endpoint.body.id}`);
  return delivery.id;
}

function expectProblem(answer: Answer, code: keyof typeof PROBLEMS): void {
  expect({ status: answer.status, code: answer.body?.code }, answer.text).toEqual({
    status: PROBLEMS[code].status,
    code,
  });
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.body).toMatchObject({ type: `/docs/errors#${code}`, title: PROBLEMS[code].title });
  expect(answer.headers['x-correlation-id']).toBe(answer.body.correlationId);
}

const declared = ENDPOINTS.flatMap(({ id, problems }) => problems.map((code) => ({ id, code })));

describe('every refusal that an endpoint declares comes about', () => {
  test.for(declared)('$id: $code', async ({ id, code }) => {
    const scenario = SCENARIOS[id]?.[code];
    if (scenario === undefined) throw new Error(`Nothing is known that makes ${id} answer ${code}`);
    expectProblem(await scenario(stage), code);
  });

  test('and there is no scenario for a refusal that is not declared', () => {
    const known = Object.entries(SCENARIOS).flatMap(([id, codes]) => Object.keys(codes).map((code) => ({ id, code })));
    const order = (a: { id: string; code: string }, b: { id: string; code: string }) =>
      `${a.id} ${a.code}` < `${b.id} ${b.code}` ? -1 : 1;
    expect(known.toSorted(order)).toEqual([...declared].sort(order));
  });
});

/** An address of the endpoint that has the right shape and leads nowhere. */
function addressOf(endpoint: Endpoint): string {
  const path = endpoint.path.replace('{token}', 'A'.repeat(43)).replace('{id}', 'pay_00000000000000000000000000');
  return `${tollgate.apiUrl}${path}`;
}

/** What an operator's address must say besides. */
const QUERIES: Readonly<Record<string, string>> = {
  resetCircuitAsOperator: '?tenantId=ten_none',
  syncPaymentAsOperator: '?tenantId=ten_none',
};

/** What no key may do, by whatever name. */
const PERSONS_ONLY: ReadonlySet<string> = new Set(
  Object.entries(TENANT_PERMISSIONS).flatMap(([permission, facts]) => ('person' in facts ? [permission] : [])),
);

/** Credentials that the endpoint admits: the cookie of somebody who has signed in where no program may call. */
function admittedTo({ access }: Endpoint) {
  if (access.by === 'operator' && OPERATOR_KEY_PERMISSIONS.some((permission) => permission === access.permission)) {
    return { key: tollgate.operatorKey };
  }
  const needsPerson = access.by === 'tenant' && PERSONS_ONLY.has(access.scope);
  if (!needsPerson && ['tenant', 'checkoutToken', 'anyone'].includes(access.by)) return { key: mighty };
  const cookie = [...stage.owner.browser.cookies].map((pair) => pair.join('=')).join('; ');
  return {
    headers: { cookie, 'sec-fetch-site': 'same-origin', 'x-tollgate-tenant': tollgate.tenant.tenant.tenantId },
  };
}

/** The options of a call with those credentials. */
function admitted(
  endpoint: Endpoint,
  options: Readonly<Record<string, unknown>> & { headers?: Record<string, string> },
) {
  const credentials = admittedTo(endpoint);
  const headers = { ...('headers' in credentials ? credentials.headers : {}), ...options.headers };
  return { ...credentials, ...options, method: endpoint.method, headers };
}

/** What a request must say before anybody looks for what it names. */
const BODIES_NEEDED: Readonly<Record<string, unknown>> = {
  createRefund: { reason: 'broken', reference: 'never' },
  createCheckoutPayment: { reference: 'never' },
  completePayment: { clientData: {} },
  completeCheckoutSession: { clientData: {} },
  advanceTestClock: { seconds: 1 },
  updateQrCode: { amount: 1 },
  submitEvidence: { text: 'It was delivered.' },
  rotateProviderAccount: { credentials: {} },
  resolveReconciliationException: { resolution: 'other', note: 'None.' },
  checkNotification: { body: '' },
  resolveInboundEvent: { note: 'The bank erred.' },
  reopenPeriod: { reason: 'A statement came late.' },
  updateUser: { role: 'viewer' },
  updateOperatorUser: { role: 'auditor' },
  simulateEvent: { eventType: 'payment.succeeded' },
  acknowledgeListenerEvents: { eventIds: ['evt_none'] },
  removeTenant: { appName: 'none' },
  resendEvent: { endpointId: 'we_none' },
  replayWebhookEndpoint: { since: '2020-01-01T00:00:00Z' },
  updateInvoice: { note: 'Late' },
  addInvoiceLines: { lines: [book(1000)] },
  creditInvoice: { reason: 'Came damaged' },
};

const guarded = ENDPOINTS.filter(({ access }) => access.by === 'tenant' || access.by === 'operator');
const named = ENDPOINTS.filter(({ params }) => params !== undefined);
const writing = ENDPOINTS.filter(({ method }) => method !== 'GET');

describe('every endpoint refuses in the ways of its kind', () => {
  test.for(guarded)('$id: unauthenticated without credentials', async (endpoint) => {
    const answer = await call(addressOf(endpoint), { method: endpoint.method });
    expectProblem(answer, 'unauthenticated');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
  });

  test.for(guarded)('$id: forbidden for a key without the scope', async (endpoint) => {
    expectProblem(await call(addressOf(endpoint), { method: endpoint.method, key: powerless }), 'forbidden');
  });

  test.for(named)('$id: not_found for what is not there', async (endpoint) => {
    const body = BODIES_NEEDED[endpoint.id];
    const address = `${addressOf(endpoint)}${QUERIES[endpoint.id] ?? ''}`;
    const answer = await call(address, admitted(endpoint, { body }));
    expectProblem(answer, 'not_found');
  });

  test.for(ENDPOINTS)('$id: method_not_allowed for a method that its address does not take', async (endpoint) => {
    const taken = ENDPOINTS.filter(({ path }) => path === endpoint.path).map(({ method }) => method);
    const method = taken.includes('PUT') ? 'PATCH' : 'PUT';
    const answer = await call(addressOf(endpoint), { ...admitted(endpoint, {}), method });
    expectProblem(answer, 'method_not_allowed');
    expect(String(answer.headers.allow).split(', ')).toContain(endpoint.method);
  });

  test.for(writing)('$id: unsupported_media_type for a form', async (endpoint) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await call(addressOf(endpoint), admitted(endpoint, { rawBody: 'amount=1', headers }));
    expectProblem(answer, 'unsupported_media_type');
  });

  test.for(writing)('$id: body_too_large beyond 256 KiB', async (endpoint) => {
    const rawBody = ' '.repeat(256 * 1024 + 1);
    const [type = 'application/json'] = endpoint.file?.mediaTypes ?? [];
    const headers = { 'content-type': type };
    const answer = await call(addressOf(endpoint), admitted(endpoint, { rawBody, headers }));
    expectProblem(answer, 'body_too_large');
  });

  test.for(writing.filter(({ file }) => file === undefined))(
    '$id: malformed_json for half a body',
    async (endpoint) => {
      const answer = await call(addressOf(endpoint), admitted(endpoint, { rawBody: '{"amount":' }));
      expectProblem(answer, 'malformed_json');
    },
  );

  test.for(ENDPOINTS)('$id: validation_failed for a query that it does not take', async (endpoint) => {
    const answer = await call(`${addressOf(endpoint)}?surprise=1`, admitted(endpoint, {}));
    expectProblem(answer, 'validation_failed');
    expect(answer.body.errors).toContainEqual({ pointer: '/query/surprise', detail: 'Is not a known field' });
  });

  test('an address that is none is not_found, whoever asks', async () => {
    for (const path of ['/api/v1/nothing', '/api/v2/payments', '/api/v1/payments/', '/.env', '/api/v1/../../etc']) {
      expectProblem(await call(`${tollgate.apiUrl}${path}`, { key: tollgate.tenant.apiKeys.test }), 'not_found');
    }
  });
});
