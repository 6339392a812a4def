/** For tests only: a merchant who speaks to the simulator by Stripe's documentation, without the gateway's adapter. */
import type { StripeSimulator } from './start-stripe-simulator.ts';

export interface Heard {
  readonly status: number;
  /** `true` where it is the answer to an earlier request. */
  readonly replayed: string | null;
  readonly body: Record<string, unknown> & { readonly error?: Record<string, unknown> };
}

export type Say = (
  method: string,
  path: string,
  form?: Record<string, string>,
  headers?: Record<string, string>,
) => Promise<Heard>;

/** How the holder of a secret key asks. */
export function merchantOf({ url }: StripeSimulator, secretKey: string): Say {
  return async (method, path, form = {}, headers = {}) => {
    const fields = new URLSearchParams(form);
    const answer = await fetch(`${url}${path}${method === 'GET' ? `?${fields}` : ''}`, {
      method,
      headers: { authorization: `Bearer ${secretKey}`, ...headers },
      ...(method === 'POST' ? { body: fields } : {}),
    });
    const replayed = answer.headers.get('idempotent-replayed');
    return { status: answer.status, replayed, body: JSON.parse(await answer.text()) };
  };
}

export function codeOf({ status, body }: Heard): string {
  return `${status} ${body.error?.code ?? body.error?.type ?? ''}`;
}

export function idOf({ body }: Heard): string {
  return String(body.id);
}

export const INTENT = { amount: '1250', currency: 'eur' };
export const CONFIRMED = { ...INTENT, payment_method: 'pm_card_visa', confirm: 'true' };
export const SESSION = {
  mode: 'payment',
  'line_items[0][quantity]': '1',
  'line_items[0][price_data][currency]': 'eur',
  'line_items[0][price_data][unit_amount]': '1250',
  'line_items[0][price_data][product_data][name]': 'Tea <b>',
  success_url: 'https://shop.example/thanks?a=1&b=2',
  cancel_url: 'https://shop.example/back',
};
