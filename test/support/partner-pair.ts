import { expect } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import { type Answer, call, until } from './api-client.ts';
import { type Installation, startInstallation } from './installation.ts';
import { type LossyLine, layLossyLine } from './lossy-line.ts';
import { type Merchant, merchantOf } from './merchant.ts';
import { layLine, type SandboxLine } from './sandbox-line.ts';
import { untilQuiet } from './table-fingerprint.ts';

type Body = Answer['body'];
type Fields = Readonly<Record<string, unknown>>;

/** A payment of the shop that waits for its shopper on the provider's page. */
export interface Begun {
  readonly id: string;
  /** Our attempt, which is the partner's order. */
  readonly orderId: string;
  /** Their payment. */
  readonly providerRef: string;
  readonly token: string;
  readonly nextAction: Body;
  readonly accountId: string;
}

/** The partnership of a shop's account with a key at the provider. */
export interface Partnership {
  readonly keyId: string;
  readonly merchantCode: string;
  readonly secretKey: string;
  readonly accountId: string;
  readonly credentials: Fields;
}

/** Two gateways with databases of their own: the shop at the one pays through the other. */
export interface PartnerPair {
  readonly ours: Installation;
  readonly theirs: Installation;
  readonly shop: Merchant;
  readonly provider: Merchant;
  /** What we ask of them goes this way, and what they notify us of that way. */
  readonly asking: LossyLine;
  readonly telling: LossyLine;
  /** Between them and the bank that holds the money. */
  readonly bank: SandboxLine;
  becomePartner(fields: Fields, credentials?: (made: Body) => Fields): Promise<Partnership>;
  /** Creates and confirms a payment by the account, whatever comes of it. */
  confirm(accountId: string, fields?: Fields): Promise<Body>;
  begin(accountId: string, fields?: Fields): Promise<Begun>;
  /** The shopper acts on the provider's page. */
  pay(begun: Begun, bank?: string): Promise<Answer>;
  read(begun: { readonly id: string }): Promise<Body>;
  readTheirs(begun: Begun): Promise<Body>;
  untilStatus(begun: { readonly id: string }, status: string): Promise<unknown>;
  /** Until neither of them has anything left to do at once. */
  settled(): Promise<void>;
  /** What was made of the notifications about a payment, in alphabetical order. */
  verdicts(begun: Begun): Promise<readonly string[]>;
  /** The notifications about an order as they were sent, oldest first. */
  told(begun: Begun): readonly { readonly path: string; readonly body: string; readonly members: Body }[];
  close(): Promise<void>;
}

/** Starts both on one clock. */
export async function startPartnerPair(clock: ManualClock): Promise<PartnerPair> {
  const [asking, telling, bank] = await Promise.all([layLossyLine(), layLossyLine(), layLine()]);
  const [ours, theirs] = await Promise.all([
    startInstallation({ clock, environment: { TOLLGATE_HOOKS_URL: telling.url } }),
    startInstallation({ clock, environment: { TOLLGATE_SANDBOX_URL: bank.url } }),
  ]);
  bank.target = theirs.sandbox.url;
  asking.target = theirs.apiUrl;
  telling.target = ours.apiUrl;
  const shop = merchantOf(ours.apiUrl, ours.tenant.apiKeys.test);
  const provider = merchantOf(theirs.apiUrl, theirs.tenant.apiKeys.test);
  const pair: PartnerPair = {
    ...{ ours, theirs, shop, provider, asking, telling, bank },
    async becomePartner(fields, credentialsOf = ({ secretKey }) => ({ secretKey })) {
      const made = await provider.send('POST', '/partner-keys', { body: fields });
      expect(made.status, made.text).toBe(201);
      const { merchantCode, secretKey, id } = made.body;
      const apiUrl = `${asking.url}/api/partner`;
      const credentials = { profile: 'bluecom', merchantCode, apiUrl, ...credentialsOf(made.body) };
      const account = await shop.send('POST', '/provider-accounts', { body: { provider: 'partner', credentials } });
      expect(account.status, account.text).toBe(201);
      return { keyId: id, merchantCode, secretKey, accountId: account.body.id, credentials };
    },
    async confirm(accountId, fields = {}) {
      const created = await shop.create({ providerAccountId: accountId, ...fields });
      expect(created.status, created.text).toBe(201);
      const path = `/payments/${created.body.id}/confirm`;
      return (await shop.send('POST', path, { body: { method: { type: 'partner' } } })).body;
    },
    async begin(accountId, fields) {
      const { id, latestAttempt, nextAction, status } = await pair.confirm(accountId, fields);
      expect([status, latestAttempt?.state], JSON.stringify(latestAttempt)).toEqual(['processing', 'requires_action']);
      const { id: orderId, providerRef } = latestAttempt;
      const token = String(nextAction.url ?? nextAction.payload)
        .split('/')
        .at(-1);
      return { id, orderId, providerRef, token: token ?? '', nextAction, accountId };
    },
    pay: ({ token }, bank = 'tok_approve') =>
      call(`${theirs.apiUrl}/api/v1/checkout-sessions/${token}/confirm`, {
        body: { method: { type: 'sandbox', token: bank } },
      }),
    read: async ({ id }) => (await shop.send('GET', `/payments/${id}`)).body,
    readTheirs: async ({ providerRef }) => (await provider.send('GET', `/payments/${providerRef}`)).body,
    untilStatus: (begun, status) => until(async () => (await pair.read(begun)).status === status),
    async settled() {
      await untilQuiet(theirs.database);
      await untilQuiet(ours.database);
    },
    async verdicts({ id }) {
      const { body } = await shop.send('GET', `/inbound-events?paymentId=${id}&limit=100`);
      return body.data.map(({ verdict }: { verdict: string }) => verdict).sort();
    },
    told: ({ orderId }) =>
      telling.sent
        .filter(({ body }) => body.includes(`"${orderId}"`))
        .map((one) => ({ ...one, members: JSON.parse(one.body) })),
    async close() {
      await Promise.all([ours.close(), theirs.close()]);
      await Promise.all([asking.close(), telling.close(), bank.close()]);
    },
  };
  return pair;
}
