import { afterAll, beforeAll, expect, test } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import type { PaymentProvider } from '../../src/providers/provider.ts';
import type { RegisteredProvider } from '../../src/providers/registry.ts';
import { call } from '../support/api-client.ts';
import { type BluesnapTill, openBluesnapTill } from '../support/bluesnap-till.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type PaymentWatch, watchPayments } from '../support/payment-watch.ts';
import { untilQuiet } from '../support/table-fingerprint.ts';

let tollgate: Installation;
let shop: PaymentWatch;
let till: BluesnapTill;

beforeAll(async () => {
  tollgate = await startInstallation();
  shop = watchPayments(tollgate);
  till = await openBluesnapTill(shop.merchant);
  leadAway();
});
afterAll(async () => {
  await till?.close();
  await tollgate?.close();
});

/**
 * No provider built in has both a page of its own and a second step, so that BlueSnap's adapter is led to the page by
 * which its simulator stands in for the fields; all that follows is its own.
 */
function leadAway(): void {
  const registry = tollgate.tollgate.gateway.payments.registry as Map<string, RegisteredProvider>;
  const registered = present(registry.get('bluesnap'), 'BlueSnap');
  const provider: PaymentProvider = {
    ...registered.provider,
    async create(account, input) {
      const answer = await registered.provider.create(account, input);
      if (answer.kind !== 'answered' || answer.report.state !== 'requires_action') return answer;
      const { nextAction } = answer.report;
      if (nextAction.type !== 'client') return answer;
      const returnUrl = encodeURIComponent(input.returnUrl);
      const url = `${till.simulator.url}/hosted-fields/${nextAction.clientSecret}?returnUrl=${returnUrl}`;
      return { ...answer, report: { ...answer.report, nextAction: { type: 'redirect', url, embeddable: false } } };
    },
  };
  registry.set('bluesnap', { ...registered, provider });
}

/** A payment whose shopper is on the provider's page; sent there by the tenant, or by the hosted page. */
async function sentAway(by: 'tenant' | 'page') {
  const created = await shop.create({ providerAccountId: till.accountId, returnUrl: 'https://shop.example/thanks' });
  const confirmed =
    by === 'tenant'
      ? (await shop.merchant.send('POST', `/payments/${created.id}/confirm`, { body: {} })).body
      : (await call(`${tollgate.apiUrl}/api/v1/checkout-sessions/${created.checkoutToken}/confirm`, { body: {} })).body;
  const bankPage = String(confirmed.nextAction.url);
  const [{ id: attemptId } = { id: '' }] = await shop.attempts(created.id);
  const home = String(new URL(bankPage).searchParams.get('returnUrl'));
  return { id: String(created.id), attemptId, bankPage, home };
}

/** What the shopper chooses there, and the address the browser is then sent to. */
async function choose(bankPage: string, choice: string): Promise<string> {
  const returnUrl = String(new URL(bankPage).searchParams.get('returnUrl'));
  const { headers } = await call(bankPage, {
    rawBody: String(new URLSearchParams({ choice, returnUrl })),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  return String(headers.location);
}

async function completions(id: string): Promise<number> {
  const rows = await tollgate.database.run(
    `select 1 from signals where payment_id = $1 and kind = 'completion_started'`,
    [id],
  );
  return rows.length;
}

test('S0.12 S2.14 what the browser comes home with is turned into a charge by the provider, and the shop is told', async () => {
  const { id, attemptId, bankPage } = await sentAway('tenant');
  const home = await choose(bankPage, 'approve');
  expect(home).toContain(`/return/`);
  const left = await call(home);
  expect(left.status).toBe(303);
  expect(new URL(String(left.headers.location)).searchParams.get('status')).toBe('succeeded');
  expect(String(left.headers.location)).not.toContain('pfToken');
  expect(await shop.read(id)).toMatchObject({ status: 'succeeded', amountCaptured: 1250 });
  expect(till.charges(attemptId)).toBe(1);
});

test('on the hosted page too, and coming home again, or twice at once, charges nothing more', async () => {
  const { id, attemptId, bankPage } = await sentAway('page');
  const home = await choose(bankPage, 'approve');
  expect(home).toMatch(/\/c\/[\w-]{43}\/return\?/);
  const pages = await Promise.all([call(home), call(home), call(home)]);
  expect(pages.map(({ status }) => status)).toEqual([200, 200, 200]);
  await shop.untilLike(id, { status: 'succeeded' });
  expect((await call(home)).text).toContain('data-kind="succeeded"');
  await untilQuiet(tollgate.database);
  expect([till.charges(attemptId), await completions(id)]).toEqual([1, 1]);
});

test('the language that was chosen on the page comes home too, and is no part of what the provider gets', async () => {
  const { id, attemptId, bankPage, home } = await sentAway('page');
  expect((await call(`${home}?tollgate-lang=de`)).text).toContain('<html lang="de"');
  await untilQuiet(tollgate.database);
  expect(await completions(id)).toBe(0);
  const [path, query] = (await choose(bankPage, 'approve')).split('?');
  expect((await call(`${path}?tollgate-lang=de&${query}`)).text).toContain('<html lang="de"');
  await shop.untilLike(id, { status: 'succeeded' });
  expect([till.charges(attemptId), await completions(id)]).toEqual([1, 1]);
});

test('a decline there counts as a try', async () => {
  const { id, bankPage } = await sentAway('page');
  await call(await choose(bankPage, 'insufficient_funds'));
  await shop.untilLike(id, { status: 'created' });
  expect(await shop.read(id)).toMatchObject({ latestAttempt: { state: 'declined' } });
});

test.each([
  ['without anything', ''],
  ['with a name twice', '?pfToken=a&pfToken=b'],
  ['with an odd name', '?pf%20token=a'],
  ['with a control character', '?pfToken=a%07b'],
  ['with a card number', '?number=4111111111111111'],
])('S0.13 who comes home %s begins no second step, and the payment waits on', async (_how, query) => {
  const { id, home } = await sentAway('tenant');
  const { status } = await call(`${home}${query}`);
  expect(status).toBe(303);
  await untilQuiet(tollgate.database);
  expect(await completions(id)).toBe(0);
  expect(await shop.read(id)).toMatchObject({ status: 'processing', latestAttempt: { state: 'requires_action' } });
});

test('S0.13 a forged token is the provider’s to refuse, and moves no money', async () => {
  const { id, attemptId, home } = await sentAway('tenant');
  await call(`${home}?pfToken=forged-by-somebody&status=SUCCESS`);
  await shop.untilLike(id, { status: 'created' });
  expect(await shop.read(id)).toMatchObject({ amountCaptured: 0, latestAttempt: { state: 'refused' } });
  expect(till.charges(attemptId)).toBe(0);
});

test('who comes home to an earlier attempt does not complete the one that is open', async () => {
  const { id, home, bankPage } = await sentAway('tenant');
  await call(await choose(bankPage, 'insufficient_funds'));
  await shop.untilLike(id, { status: 'created' });
  const { body } = await shop.merchant.send('POST', `/payments/${id}/confirm`, { body: {} });
  await call(`${home}?pfToken=of-the-first-attempt`);
  await untilQuiet(tollgate.database);
  expect(await shop.read(id)).toMatchObject({
    latestAttempt: { id: body.latestAttempt.id, state: 'requires_action' },
  });
});
