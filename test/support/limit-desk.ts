import { expect } from 'vitest';
import type { CreatedTenant } from '../../src/tenants/create-tenant.ts';
import type { Answer } from './api-client.ts';
import type { Installation } from './installation.ts';
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
