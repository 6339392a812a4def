import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Tollgate, WebhookVerificationError } from '../../sdk/src/tollgate.ts';
import { LOGO } from './drawings.ts';
import { OrderStream } from './order-stream.ts';
import { type Order, Orders } from './orders.ts';
import { frontPage, messagePage, orderPage, orderUpdate } from './pages.ts';
import { CURRENCY, PRODUCTS } from './products.ts';
import { readBody, TooLarge } from './read-body.ts';
import { receiveNotification } from './receive-notification.ts';
import { type PaymentSettings, startPayment } from './start-payment.ts';

export interface ShopOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  readonly apiUrl: string;
  readonly apiKey: string;
  /** `whsec_…` of whatever signs the notifications: the tenant's default secret, or an endpoint's. */
  readonly webhookSecret: string;
  /** Where shoppers reach the shop; where it listens unless given. */
  readonly publicUrl?: string;
  /** Sent with each payment: the shop's own `/webhooks` unless given. Null where the tenant has an endpoint for it. */
  readonly notificationUrl?: string | null;
  /** Keeps the orders; in memory, and gone with the process, unless given. */
  readonly dataFile?: string;
  readonly now?: () => Date;
  readonly log?: (line: string) => void;
}

export interface Shop {
  /** Without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

interface ShopContext extends PaymentSettings {
  readonly webhookSecret: string;
  readonly stream: OrderStream;
  readonly testMode: boolean;
  readonly now: () => Date;
}

const asset = (name: string, type: string) => [type, readFileSync(new URL(name, import.meta.url), 'utf8')] as const;

const ASSETS: Readonly<Record<string, readonly [type: string, text: string]>> = {
  '/palette.css': asset('palette.css', 'text/css; charset=utf-8'),
  '/shop.css': asset('shop.css', 'text/css; charset=utf-8'),
  '/order.css': asset('order.css', 'text/css; charset=utf-8'),
  '/order-updates.js': asset('order-updates.js', 'text/javascript; charset=utf-8'),
  '/icon.svg': ['image/svg+xml', iconText()],
};

/** Notifications are far smaller; a form of ours has a hundred bytes. */
const NOTIFICATION_BYTES_MAX = 256 * 1024;
const FORM_BYTES_MAX = 4 * 1024;

/** No form-action: browsers hold it against the redirect to the payment page as well. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  // The key of an order stands in the address.
  'referrer-policy': 'no-referrer',
};

/** A shop that takes payments through the public API of a Tollgate, and keeps its orders in a file. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const { port, host, apiUrl, apiKey, webhookSecret, now = () => new Date(), log = () => {} } = options;
  const tollgate = new Tollgate({ baseUrl: apiUrl, apiKey });
  const orders = new Orders(options.dataFile ?? ':memory:', now);
  const server = createServer();
  const url = await listen(server, port, host).catch((error: unknown) => {
    orders.close();
    throw error;
  });
  const stream = new OrderStream();
  const publicUrl = (options.publicUrl ?? url).replace(/\/+$/, '');
  const notificationUrl = options.notificationUrl === undefined ? `${publicUrl}/webhooks` : options.notificationUrl;
  const testMode = !apiKey.startsWith('sk_live_');
  const shop: ShopContext = { tollgate, orders, publicUrl, notificationUrl, log, webhookSecret, stream, testMode, now };
  server.on('request', (request, response) => void answer(request, response, shop));
  return {
    url,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      stream.close();
      await closed;
      orders.close();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, shop: ShopContext): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  try {
    await route(request, response, shop);
  } catch (error) {
    shop.log(`${request.method} failed: ${error instanceof Error ? error.message : 'unknown'}`);
    if (response.headersSent) response.destroy();
    else if (error instanceof TooLarge) {
      // What is still on its way is not waited for.
      response.setHeader('connection', 'close');
      sendMessage(response, 413, 'Too much at once', 'We cannot read that.', shop);
    } else sendMessage(response, 500, 'Something broke', 'It is our fault. Please try again in a moment.', shop);
  }
}

/** Queries are never looked at: what stands there, anybody can type. */
async function route(request: IncomingMessage, response: ServerResponse, shop: ShopContext): Promise<void> {
  const [path = '/'] = (request.url ?? '/').split('?');
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const [, key, action] = /^\/orders\/([\w-]{22})(?:\/(\w+))?$/.exec(path) ?? [];
  const file = ASSETS[path];
  if (method === 'GET' && path === '/') return sendPage(response, 200, frontPage(shop.testMode, newFormKey));
  if (method === 'GET' && file !== undefined) return sendFile(response, ...file);
  if (method === 'POST' && path === '/webhooks') return receive(request, response, shop);
  if (method === 'POST' && path === '/orders') return buy(request, response, shop);
  const order = key === undefined ? null : shop.orders.find(key);
  if (order !== null && method === 'GET' && action === undefined) {
    return sendPage(response, 200, orderPage(order, shop.testMode));
  }
  if (order !== null && request.method === 'GET' && action === 'events') {
    return shop.stream.open(order.key, response, orderUpdate(order));
  }
  if (order !== null && method === 'POST' && action === 'pay') return pay(request, response, order, shop);
  sendMessage(response, 404, 'There is nothing here', 'Perhaps the address lost a letter on its way.', shop);
}

async function buy(request: IncomingMessage, response: ServerResponse, shop: ShopContext): Promise<void> {
  const form = new URLSearchParams((await readBody(request, FORM_BYTES_MAX)).toString('utf8'));
  const product = PRODUCTS.find(({ id }) => id === form.get('product'));
  const formKey = form.get('form') ?? '';
  if (product === undefined || !/^[\w-]{22}$/.test(formKey) || isFromElsewhere(request)) {
    return sendMessage(response, 400, 'That did not arrive whole', 'Please go back to the shop and try again.', shop);
  }
  const order = shop.orders.place(product, CURRENCY, formKey);
  await leadToPayment(response, order, shop);
}

async function pay(request: IncomingMessage, response: ServerResponse, order: Order, shop: ShopContext): Promise<void> {
  if (isFromElsewhere(request)) {
    return sendMessage(response, 400, 'That did not arrive whole', 'Please go back to the shop and try again.', shop);
  }
  await leadToPayment(response, shop.orders.withOpenPayment(order.key) ?? order, shop);
}

async function leadToPayment(response: ServerResponse, order: Order, shop: ShopContext): Promise<void> {
  const paymentUrl = order.status === 'paid' ? null : await startPayment(order, shop);
  redirect(response, paymentUrl ?? `/orders/${order.key}`);
}

/** Answers 2xx for all that is genuine, so that the gateway stops repeating it; 400 says why it is not believed. */
async function receive(request: IncomingMessage, response: ServerResponse, shop: ShopContext): Promise<void> {
  const body = await readBody(request, NOTIFICATION_BYTES_MAX);
  try {
    const notification = { body, headers: request.headers };
    const { orders, webhookSecret: secret } = shop;
    const applied = await receiveNotification(notification, { secret, orders, now: shop.now() });
    if ('key' in applied) announce(applied.key, shop);
    const worthTelling = applied.outcome !== 'changed' && applied.outcome !== 'not_about_orders';
    if (worthTelling) shop.log(`A notification changed no order: ${applied.outcome}`);
    response.writeHead(204).end();
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    shop.log(`A notification was refused: ${error.reason}`);
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ reason: error.reason, message: error.message }));
  }
}

function announce(key: string, { orders, stream }: ShopContext): void {
  const order = orders.find(key);
  if (order !== null) stream.send(key, orderUpdate(order));
}

/** Browsers say where a form was sent from; other sites do not order for our visitors. */
function isFromElsewhere(request: IncomingMessage): boolean {
  return request.headers['sec-fetch-site'] === 'cross-site';
}

function newFormKey(): string {
  return randomBytes(16).toString('base64url');
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, 'cache-control': 'no-store' }).end();
}

function sendPage(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(page);
}

function sendMessage(response: ServerResponse, status: number, title: string, text: string, shop: ShopContext): void {
  sendPage(response, status, messagePage(title, text, shop.testMode));
}

function sendFile(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' }).end(text);
}

/** A picture of its own cannot see the colors of shop.css. */
function iconText(): string {
  const style =
    '<style>.clay{fill:#a8441f}.logo-line{fill:none;stroke:#fff;stroke-width:2.4;stroke-linecap:round}</style>';
  return LOGO.toString().replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ').replace('>', `>${style}`);
}

async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${listening}`;
}
