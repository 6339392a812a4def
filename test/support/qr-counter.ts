import { expect } from 'vitest';
import { ManualClock } from '../../src/kernel/clock.ts';
import { type Answer, call } from './api-client.ts';
import { type Installation, startInstallation } from './installation.ts';
import { freshReference, type Merchant, merchantOf } from './merchant.ts';

/** A merchant who shows codes, and shoppers who scan them. */
export interface QrCounter {
  readonly tollgate: Installation;
  readonly clock: ManualClock;
  readonly shop: Merchant;
  /** Makes a code; a static one with an amount of 12.50 unless told otherwise. */
  show(fields?: Readonly<Record<string, unknown>>): Promise<Answer['body']>;
  read(code: Answer['body']): Promise<Answer['body']>;
  /** The payments that were made of a code, by their references: the clock stands still. */
  paymentsOf(code: Answer['body']): Promise<readonly Answer['body'][]>;
  close(): Promise<void>;
}

/** Without a worker every row comes from a request; live credentials come through a proxy that is trusted. */
export async function openQrCounter(): Promise<QrCounter> {
  const clock = new ManualClock('2026-11-21T12:00:00Z');
  const environment = { TOLLGATE_ROLES: 'api,checkout,hooks', TOLLGATE_TRUST_PROXY: 'loopback' };
  const tollgate = await startInstallation({ clock, environment });
  const shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
  return {
    tollgate,
    clock,
    shop,
    async show(fields = {}) {
      const body = { kind: 'static', amount: 1250, reference: freshReference(), ...fields };
      const answer = await shop.send('POST', '/qr-codes', { body });
      expect(answer.status, answer.text).toBe(201);
      return answer.body;
    },
    read: async ({ id }) => (await shop.send('GET', `/qr-codes/${id}`)).body,
    async paymentsOf({ orderId }) {
      const { body } = await shop.send('GET', `/payments?limit=100&orderId=${orderId}`);
      return body.data.toSorted((a: Answer['body'], b: Answer['body']) => (a.reference < b.reference ? -1 : 1));
    },
    close: () => tollgate.close(),
  };
}

/** What a phone's browser gets that opens the scanned address. */
export function look(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return call(url, { headers: { accept: 'text/html', ...headers } });
}

/** Sends a form, as a browser does. */
export function submit(
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const rawBody = new URLSearchParams(fields).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return call(url, { method: 'POST', rawBody, headers: { ...type, ...headers } });
}

/** The hidden field of the form, which makes a second sending harmless. */
export async function visitOf(url: string): Promise<string> {
  const page = await look(url);
  const visit = /name="visit" value="([\w-]{22})"/.exec(page.text)?.[1];
  expect(visit, page.text).toBeDefined();
  return visit ?? '';
}
