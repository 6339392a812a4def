import { expect } from 'vitest';
import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import type { Account, Card } from '../../src/providers/bluesnap/simulator/account.ts';
import {
  type BluesnapSimulator,
  startBluesnapSimulator,
} from '../../src/providers/bluesnap/simulator/start-bluesnap-simulator.ts';
import type { Answer } from './api-client.ts';
import { freshReference, type Merchant } from './merchant.ts';

type Body = Answer['body'];
type ClientData = Readonly<Record<string, string>>;
type Brought = ClientData & { readonly pfToken: string };

/** A merchant's account at a simulated BlueSnap, and what its shoppers' browsers do there. */
export interface BluesnapTill {
  readonly simulator: BluesnapSimulator;
  readonly accountId: string;
  /** A payment that goes to this account, confirmed: its shopper may enter a card now. */
  begin(fields?: Readonly<Record<string, unknown>>): Promise<BegunPayment>;
  complete(
    begun: Pick<BegunPayment, 'id'>,
    clientData: ClientData,
    options?: Parameters<Merchant['send']>[2],
  ): Promise<Answer>;
  /** How many transactions BlueSnap has of an attempt; a declined one is none. */
  charges(attemptId: string): number;
  close(): Promise<void>;
}

export interface BegunPayment {
  readonly id: string;
  readonly attemptId: string;
  readonly checkoutToken: string;
  readonly paymentUrl: string;
  readonly payment: Body;
  /** Enters a card into the fields; what the browser then brings back. */
  enter(card: Card): Brought;
}

const CREDENTIALS = { apiUser: 'API_till', apiPassword: 'a password of the till', merchantId: '400088' };
const IPN_KEY = 'w8qk4cnr5';

/** Opens an account for the merchant; notifications come back by real HTTP. `notifies: false`: none are sent. */
export async function openBluesnapTill(
  merchant: Merchant,
  { clock = systemClock, notifies = true }: { readonly clock?: Clock; readonly notifies?: boolean } = {},
): Promise<BluesnapTill> {
  const account: { -readonly [Name in keyof Account]: Account[Name] } = {
    ...{ user: CREDENTIALS.apiUser, password: CREDENTIALS.apiPassword, merchantId: CREDENTIALS.merchantId },
    ...{ ipnUrl: null, ipnKey: IPN_KEY, dataProtectionKey: null, requireReceipt: false },
  };
  const simulator = await startBluesnapSimulator({ clock, account });
  const made = await merchant.send('POST', '/provider-accounts', {
    // After the sandbox, so that payments come here only where they say so.
    body: {
      provider: 'bluesnap',
      priority: 900,
      credentials: { ...CREDENTIALS, ipnKey: IPN_KEY, apiUrl: simulator.url },
    },
  });
  expect(made.status, made.text).toBe(201);
  const { id: accountId, notificationUrl } = made.body;
  if (notifies) account.ipnUrl = notificationUrl;
  return {
    simulator,
    accountId,
    async begin(fields = {}) {
      const body = { reference: freshReference(), amount: 1250, providerAccountId: accountId, ...fields };
      const created = await merchant.send('POST', '/payments', { body });
      expect(created.status, created.text).toBe(201);
      const { id, checkoutToken, paymentUrl } = created.body;
      const confirmed = await merchant.send('POST', `/payments/${id}/confirm`, { body: {} });
      expect(confirmed.body.nextAction?.type, confirmed.text).toBe('client');
      const { clientSecret } = confirmed.body.nextAction;
      const enter = (card: Card): Brought => {
        simulator.enterCard(clientSecret, card);
        return { pfToken: clientSecret, firstName: 'Ada', lastName: 'Lovelace' };
      };
      const attemptId = String(confirmed.body.latestAttempt.id);
      return { id, attemptId, checkoutToken, paymentUrl, payment: confirmed.body, enter };
    },
    complete: ({ id }, clientData, options = {}) =>
      merchant.send('POST', `/payments/${id}/complete`, { ...options, body: { clientData } }),
    charges: (attemptId) => simulator.transactionsOf(attemptId).length,
    close: () => simulator.close(),
  };
}
