/** For tests only: a merchant's own program before the simulator. */
import { ManualClock } from '../../../kernel/clock.ts';
import type { Account } from './account.ts';
import { type BluesnapSimulator, startBluesnapSimulator } from './start-bluesnap-simulator.ts';

const ACCOUNT: Account = {
  ...{ user: 'API_1', password: 'password', merchantId: '400088', ipnUrl: null, ipnKey: 'ninechars' },
  ...{ dataProtectionKey: null, requireReceipt: false },
};

const BASIC = `Basic ${Buffer.from('API_1:password').toString('base64')}`;

export interface Said {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
  readonly errorName: unknown;
}

export interface Merchant {
  readonly clock: ManualClock;
  readonly simulator: BluesnapSimulator;
  say(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Said>;
  /** A token behind which a card was entered; null: none yet. */
  tokenWith(card: Parameters<BluesnapSimulator['enterCard']>[1]): Promise<string>;
  /** 1234.50 EUR to authorize from a good card, with changes. */
  chargeBody(changes?: Record<string, unknown>): Promise<Record<string, unknown>>;
}

export async function openMerchant(changes: Partial<Account> = {}): Promise<Merchant> {
  const clock = new ManualClock();
  const simulator = await startBluesnapSimulator({ clock, account: { ...ACCOUNT, ...changes } });
  const merchant: Merchant = {
    ...{ clock, simulator },
    async say(method, path, body, headers = {}) {
      const answer = await fetch(`${simulator.url}/services/2${path}`, {
        method,
        headers: { authorization: BASIC, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const json = text.startsWith('{') ? JSON.parse(text) : {};
      return { status: answer.status, headers: answer.headers, json, errorName: json.message?.[0]?.errorName };
    },
    async tokenWith(card) {
      const { headers } = await merchant.say('POST', '/payment-fields-tokens');
      const token = headers.get('location')?.split('/').at(-1) ?? '';
      if (card !== null) simulator.enterCard(token, card);
      return token;
    },
    async chargeBody(own = {}) {
      const base = {
        cardTransactionType: 'AUTH_ONLY',
        amount: '1234.50',
        currency: 'EUR',
        merchantTransactionId: 'm-1',
      };
      const cardHolderInfo = { firstName: 'Ada', lastName: 'Lovelace' };
      return { ...base, cardHolderInfo, pfToken: await merchant.tokenWith('approve'), ...own };
    },
  };
  return merchant;
}
