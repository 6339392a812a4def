import { afterAll, expect } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import type { CreatedTenant } from '../../src/tenants/create-tenant.ts';
import type { Answer } from './api-client.ts';
import { type Installation, startInstallation } from './installation.ts';
import { type Merchant, merchantOf } from './merchant.ts';

type Body = Answer['body'];
type Fields = Readonly<Record<string, unknown>>;

/** A tenant that makes limit baskets and looks at what is counted. */
export interface LimitDesk {
  readonly shop: Merchant;
  /** Adds a basket, at most 100.00 a day unless told otherwise. @throws where it was refused */
  basket(fields: Fields): Promise<Body>;
  change(basketId: string, changes: Fields): Promise<Body>;
  /** What is used; `query` says whose. @throws where it was refused */
  usage(basketId: string, query?: string): Promise<Body>;
}

export function limitDesk({ apiUrl }: Pick<Installation, 'apiUrl'>, { apiKeys }: CreatedTenant): LimitDesk {
  const shop = merchantOf(apiUrl, apiKeys.test);
  const taken = async (answer: Promise<Answer>): Promise<Body> => {
    const { status, text, body } = await answer;
    expect(status, text).toBeLessThan(300);
    return body;
  };
  return {
    shop,
    basket: (fields) => taken(shop.send('POST', '/limit-baskets', { body: { dailyMax: 10_000, ...fields } })),
    change: (basketId, body) => taken(shop.send('PATCH', `/limit-baskets/${basketId}`, { body })),
    usage: (basketId, query = '') => taken(shop.send('GET', `/limit-baskets/${basketId}/usage?${query}`)),
  };
}

/** An installation for tests of limits. */
interface LimitHouse {
  readonly clock: ManualClock;
  readonly tollgate: Installation;
  /** The desk of a tenant of its own, so that no basket of another test holds for it. */
  openDesk(): Promise<LimitDesk>;
}

/**
 * Opens an installation for all tests of a file; for the top of the file, since it closes after the last one. It has no
 * worker: nothing happens but what requests bring about.
 */
export async function openLimitHouse(): Promise<LimitHouse> {
  const clock = new ManualClock('2026-11-21T12:00:00Z');
  const environment = { TOLLGATE_ROLES: 'api,checkout,hooks', TOLLGATE_TRUST_PROXY: 'loopback' };
  const tollgate = await startInstallation({ clock, environment });
  afterAll(() => tollgate.close());
  return { clock, tollgate, openDesk: async () => limitDesk(tollgate, await tollgate.createTenant()) };
}

/** A payment for airtime of so much. */
export const airtime = (value: number, destination = '0821234567', quantity = 1) => ({
  amount: value * quantity,
  cartItems: [{ description: 'Airtime', quantity, value, destination, itemType: 'AIRTIME' }],
});

export function expectExceeded(answer: Answer, members: Fields): void {
  expect(answer, answer.text).toMatchObject({ status: 422, body: { code: 'limit_exceeded', ...members } });
}
