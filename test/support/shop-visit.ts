import type { Browser, Page } from 'playwright-core';
import { type Shop, startShop } from '../../examples/shop/server.ts';
import { openPage, type PageOptions } from './browser.ts';
import type { Installation } from './installation.ts';
import { type PaymentWatch, watchPayments } from './payment-watch.ts';

/** The demo shop in front of an installation, and what a person does there. */
export interface OpenShop {
  readonly url: string;
  readonly payments: PaymentWatch;
  /** Takes a person to the shop with a browser of their own. */
  visit(browser: Browser, options?: PageOptions): Promise<Visit>;
  close(): Promise<void>;
}

/** A person in the shop. */
export interface Visit {
  readonly page: Page;
  /** What the browser held against our pages: errors, broken policies, requests to hosts that are not ours. */
  readonly complaints: readonly string[];
  /** Presses the first Buy button and waits for the payment page. The payment's id and the address of the order. */
  buy(): Promise<{ readonly id: string; readonly orderUrl: string; readonly paymentUrl: string }>;
}

/** Opens the shop on loopback; it sells through the public API alone. */
export async function openShop(installation: Installation): Promise<OpenShop> {
  const { apiUrl, tenant, sandbox } = installation;
  const shop: Shop = await startShop({
    port: 0,
    host: '127.0.0.1',
    apiUrl,
    apiKey: tenant.apiKeys.test,
    webhookSecret: tenant.webhookSecrets.test,
  });
  const payments = watchPayments(installation);
  const hosts = [shop.url, apiUrl, sandbox.url].map((url) => new URL(url).host);
  return {
    url: shop.url,
    payments,
    visit: (browser, options = {}) => visitShop(browser, options, { url: shop.url, hosts, payments }),
    close: () => shop.close(),
  };
}

async function visitShop(
  browser: Browser,
  options: PageOptions,
  {
    url,
    hosts,
    payments,
  }: { readonly url: string; readonly hosts: readonly string[]; readonly payments: PaymentWatch },
): Promise<Visit> {
  const page = await openPage(browser, options);
  const complaints: string[] = [];
  // Of the context, so that every tab and frame counts.
  page.context().on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.context().on('weberror', (error) => complaints.push(error.error().message));
  page.context().on('request', (request) => {
    const { protocol, host, hostname } = new URL(request.url());
    const ours = hosts.includes(host) || hostname === 'localhost';
    if (protocol.startsWith('http') && !ours) complaints.push(`a request to ${host}`);
  });
  return {
    page,
    complaints,
    async buy() {
      await page.goto(url);
      await page.getByRole('button', { name: /^Buy/ }).first().click();
      await page.waitForURL(/\/c\/[\w-]{43}$/);
      const { body } = await payments.merchant.send('GET', '/payments?limit=1');
      const [{ id, returnUrl }] = body.data;
      return { id, orderUrl: returnUrl, paymentUrl: page.url() };
    },
  };
}
