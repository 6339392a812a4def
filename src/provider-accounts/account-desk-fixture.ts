import { createHmac, randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { type Answer, call, until } from '../../test/support/api-client.ts';
import { dumpDatabase, spellingsOf } from '../../test/support/database-dump.ts';
import { type Installation, startInstallation } from '../../test/support/installation.ts';
import { type Merchant, merchantOf } from '../../test/support/merchant.ts';
import { stoppedClock } from '../../test/support/payment-watch.ts';
import { openSandboxAccount } from '../../test/support/sandbox-account.ts';
import { startWebhookSink, type WebhookSink } from '../../test/support/webhook-sink.ts';
import type { ManualClock } from '../kernel/clock.ts';
import type { CreatedTenant } from '../tenants/create-tenant.ts';

/** For tests only: an installation whose tenants keep accounts at providers, and all that was sent to it and answered. */
export interface AccountDesk {
  readonly tollgate: Installation;
  readonly clock: ManualClock;
  /** Where the sandbox's notifications go instead of to us, and whatever else plays a provider. */
  readonly line: WebhookSink;
  freshSecret(): string;
  freshCredentials(): { readonly merchantCode: string; readonly secretKey: string };
  stripeCredentials(mode: 'live' | 'test'): { readonly secretKey: string; readonly webhookSecret: string };
  /** A tenant of its own with its account at the sandbox, so that tests do not route each other's payments. */
  openShop(): Promise<Shop>;
  /** The back ends of a tenant; `actingFor` names a child. */
  backEndsOf(tenant: CreatedTenant, actingFor?: string): Pick<Shop, 'shop' | 'live'>;
  /** Adds an account at the sandbox, unless the fields say where else. @throws where it is refused */
  add(shop: Merchant, fields?: object): Promise<Answer['body']>;
  /** Confirms a payment that the sandbox approves: what it tells of that, which has not arrived. */
  approvalOf(shop: Merchant, paymentId: string): Promise<string>;
  /** Delivers a notification of the sandbox, signed with a key of the test's choice. */
  deliver(providerAccountId: string, body: string, secretKey: string): Promise<Answer>;
  /** No secret that was sent so far is in an answer, a line of the log or the database, where `known` can be found. */
  expectSecrecy(known: string): Promise<void>;
  close(): Promise<void>;
}

interface Shop {
  readonly tenant: CreatedTenant;
  readonly account: Awaited<ReturnType<typeof openSandboxAccount>>;
  readonly path: string;
  readonly shop: Merchant;
  /** The same tenant with its live key. */
  readonly live: Merchant;
}

/** Live credentials need HTTPS; the proxy that says so is trusted here. */
const SECURE = { 'x-forwarded-proto': 'https' };

/** Starts an installation on a stopped clock, with a sandbox whose notifications stay on the line. */
export async function openAccountDesk(): Promise<AccountDesk> {
  const clock = stoppedClock();
  const line = await startWebhookSink();
  const environment = { TOLLGATE_HOOKS_URL: line.url, TOLLGATE_TRUST_PROXY: 'loopback' };
  const tollgate = await startInstallation({ clock, environment });
  const secrets: string[] = [];
  const answers: string[] = [];
  const desk: AccountDesk = {
    ...{ tollgate, clock, line },
    freshSecret() {
      const secret = `canary_${randomBytes(20).toString('hex')}`;
      secrets.push(secret);
      return secret;
    },
    freshCredentials: () => ({
      merchantCode: `shop-${randomBytes(6).toString('hex')}`,
      secretKey: desk.freshSecret(),
    }),
    stripeCredentials: (mode) => ({
      secretKey: `sk_${mode}_${desk.freshSecret()}`,
      webhookSecret: `whsec_${desk.freshSecret()}`,
    }),
    async openShop() {
      const tenant = await tollgate.createTenant();
      const account = await openSandboxAccount({ ...tollgate, tenant });
      secrets.push(account.secretKey);
      // What is made next is younger.
      clock.advance({ milliseconds: 1 });
      return { ...desk.backEndsOf(tenant), tenant, account, path: `/provider-accounts/${account.providerAccountId}` };
    },
    backEndsOf({ apiKeys }, actingFor) {
      const headers = actingFor === undefined ? SECURE : { ...SECURE, 'x-tollgate-tenant': actingFor };
      return { shop: heard(apiKeys.test, headers), live: heard(apiKeys.live, headers) };
    },
    async add(shop, fields = {}) {
      const body = { provider: 'sandbox', credentials: desk.freshCredentials(), ...fields };
      const answer = await shop.send('POST', '/provider-accounts', { body });
      expect(answer.status, answer.text).toBe(201);
      return answer.body;
    },
    approvalOf: (shop, paymentId) => approvalOf(desk, shop, paymentId),
    deliver(providerAccountId, body, secretKey) {
      const stamp = Math.floor(clock.now().epochMilliseconds / 1_000);
      const hex = createHmac('sha256', secretKey).update(`${stamp}.${body}`).digest('hex');
      const headers = { 'sandbox-signature': `t=${stamp},v1=${hex}` };
      return call(`${tollgate.apiUrl}/hooks/sandbox/${providerAccountId}`, { rawBody: body, headers });
    },
    expectSecrecy: (known) => expectSecrecy(tollgate, secrets, answers, known),
    async close() {
      await tollgate.close();
      await line.close();
    },
  };
  return desk;

  function heard(key: string, headers: Readonly<Record<string, string>>): Merchant {
    const merchant = merchantOf(tollgate.apiUrl, key, headers);
    const send: Merchant['send'] = async (...request) => {
      const answer = await merchant.send(...request);
      answers.push(answer.text, JSON.stringify(answer.headers));
      return answer;
    };
    return { ...merchant, send };
  }
}

async function approvalOf({ clock, tollgate, line }: AccountDesk, shop: Merchant, paymentId: string): Promise<string> {
  const confirmed = await shop.confirm(paymentId, 'tok_pending_then_approve');
  expect(confirmed.status, confirmed.text).toBe(200);
  clock.advance({ seconds: 2 });
  await tollgate.sandbox.tick();
  const { id } = confirmed.body.latestAttempt;
  return until(async () => line.received.findLast(({ body }) => body.includes(`"${id}"`))?.body);
}

async function expectSecrecy(
  { tollgate, database, logLines }: Installation,
  secrets: readonly string[],
  answers: readonly string[],
  known: string,
): Promise<void> {
  await tollgate.gateway.payments.callRecorder.settled();
  const log = logLines.join('');
  const dump = await dumpDatabase(database);
  expect(log.includes('"/api/v1/provider-accounts')).toBe(true);
  expect(dump.some(({ text }) => text.includes(known))).toBe(true);
  expect(answers.some((text) => text.includes(known))).toBe(true);
  expect(secrets.length).toBeGreaterThan(5);
  for (const secret of secrets) {
    for (const spelling of spellingsOf(secret)) {
      expect(answers.filter((text) => text.includes(spelling))).toEqual([]);
      expect(log.includes(spelling)).toBe(false);
      expect(dump.filter(({ text }) => text.includes(spelling)).map(({ place }) => place)).toEqual([]);
    }
  }
}
