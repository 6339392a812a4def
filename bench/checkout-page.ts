/**
 * How heavy the payment page is, and how soon a shopper sees the amount: in the real browser at 360 × 640, with a
 * processor four times slower, 150 ms of latency and 1.6 Mbit/s, nothing cached. Against a whole gateway.
 */
import { brotliCompressSync } from 'node:zlib';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { openBrowser, openPage } from '../test/support/browser.ts';
import { reportFailure } from './compare.ts';
import { openBenchServer } from './database-server.ts';
import { startGateway } from './gateway-process.ts';
import { startSandbox } from './sandbox-process.ts';

const ROUNDS = 9;
const SLOWER = 4;
/** Chromium's own profile of a slow 4G, as Lighthouse has it. */
const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const GOALS = { bytes: 25 * 1024, scriptBytes: 5 * 1024, amountMs: 1_000 };

interface Visit {
  readonly firstPaintMs: number;
  readonly amountMs: number;
  /** What came over the line, headers included, as the gateway sent it by itself. */
  readonly transferredBytes: number;
  /** Each file as brotli makes it, which any proxy before the gateway does to the page too. */
  readonly compressedBytes: number;
  readonly compressedScriptBytes: number;
}

/** Runs the benchmark and prints its figures; a missed goal is a failure. */
export function benchCheckoutPage(): Promise<void> {
  return reportFailure(async () => {
    const server = await openBenchServer(process.env.DATABASE_URL);
    const sandbox = await startSandbox();
    const { url: databaseUrl } = await server.createDatabase('checkout');
    const roles = 'api,checkout,worker';
    const gateway = await startGateway({ databaseUrl, roles, profile: false, sandboxUrl: sandbox.url });
    const browser = await openBrowser();
    try {
      const visits: Visit[] = [];
      // The first is for the gateway, which has never shown the page.
      for (let round = 0; round <= ROUNDS; round++) {
        const seen = await visit(browser, await createPayment(gateway));
        if (round > 0) visits.push(seen);
      }
      print(visits);
    } finally {
      await browser.close();
      await gateway.stop();
      await gateway.remove();
      await sandbox.stop();
      await server.close();
    }
  });
}

async function createPayment({
  apiUrl,
  apiKey,
}: {
  readonly apiUrl: string;
  readonly apiKey: string;
}): Promise<string> {
  const answer = await fetch(`${apiUrl}/api/v1/payments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      reference: `bench-${crypto.randomUUID()}`,
      amount: 124_900,
      currency: 'EUR',
      description: 'Order 1042',
      returnUrl: 'https://shop.example/thanks',
      cartItems: [
        { description: 'Walking boots', quantity: 1, value: 99_900 },
        { description: 'Wool socks', quantity: 2, value: 12_500 },
      ],
    }),
  });
  const body = (await answer.json()) as { readonly paymentUrl?: string };
  if (body.paymentUrl === undefined) throw new Error(`No payment was created: ${answer.status}`);
  return body.paymentUrl;
}

async function visit(browser: Browser, paymentUrl: string): Promise<Visit> {
  const page = await openPage(browser);
  const devtools = await page.context().newCDPSession(page);
  try {
    const transferred = await throttle(devtools);
    const files = keepFiles(page);
    await page.addInitScript(NOTE_AMOUNT);
    await page.goto(paymentUrl, { waitUntil: 'load' });
    const { amountMs, firstPaintMs } = await page.evaluate<Pick<Visit, 'amountMs' | 'firstPaintMs'>>(TIMES);
    const bodies = await Promise.all(files);
    const sum = (of: RegExp) =>
      bodies
        .filter(({ type }) => of.test(type))
        .reduce((total, { body }) => total + brotliCompressSync(body).length, 0);
    return {
      ...{ amountMs, firstPaintMs, transferredBytes: transferred() },
      ...{ compressedBytes: sum(/./), compressedScriptBytes: sum(/javascript/) },
    };
  } finally {
    await page.context().close();
  }
}

/** Answers how many bytes have come so far. */
async function throttle(devtools: CDPSession): Promise<() => number> {
  let bytes = 0;
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  await devtools.send('Network.emulateNetworkConditions', LINE);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  return () => bytes;
}

function keepFiles(page: Page): Promise<{ readonly type: string; readonly body: Buffer }>[] {
  const files: Promise<{ readonly type: string; readonly body: Buffer }>[] = [];
  page.on('response', (response) => {
    const type = response.headers()['content-type'] ?? '';
    // What is asked for later is not what has to come before the page stands.
    if (/html|css|javascript/.test(type)) files.push(response.body().then((body) => ({ type, body })));
  });
  return files;
}

/** Notes when the amount was drawn: the largest text of the page's first screen, or an element like it. */
const NOTE_AMOUNT = `
window.amountAt = undefined;
addEventListener('DOMContentLoaded', () => {
  const look = () => {
    const amount = document.querySelector('.amount');
    // Drawn with its style: before the sheet has come the browser draws nothing at all.
    if (amount?.getBoundingClientRect().height > 0) window.amountAt ??= performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(() => requestAnimationFrame(look));
});`;

/** In milliseconds since the shopper left for the page. */
const TIMES = `new Promise((resolve) => {
  const look = () => {
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    if (paint === undefined || window.amountAt === undefined) return setTimeout(look, 20);
    resolve({ firstPaintMs: paint.startTime, amountMs: Math.max(paint.startTime, window.amountAt) });
  };
  look();
})`;

function print(visits: readonly Visit[]): void {
  const of = (name: keyof Visit) => visits.map((one) => one[name]).toSorted((one, other) => one - other);
  const line = (label: string, name: keyof Visit, unit: string) => {
    const values = of(name);
    const [low, middle, high] = [values[0], values[values.length >> 1], values.at(-1)].map((value) =>
      Math.round(value ?? Number.NaN),
    );
    console.log(`| ${label} | ${middle} (${low}–${high}) ${unit} |`);
    return middle ?? Number.POSITIVE_INFINITY;
  };
  console.log(`${visits.length} visits, median (smallest–largest)\n\n| | |\n| --- | --- |`);
  line('first paint', 'firstPaintMs', 'ms');
  const amountMs = line('the amount is seen', 'amountMs', 'ms');
  line('over the line, headers included', 'transferredBytes', 'bytes');
  const bytes = line('page, style and script, compressed', 'compressedBytes', 'bytes');
  const scriptBytes = line('of it script', 'compressedScriptBytes', 'bytes');
  const missed = Object.entries({ bytes, scriptBytes, amountMs }).filter(
    ([name, value]) => value > GOALS[name as keyof typeof GOALS],
  );
  if (missed.length > 0) throw new Error(`Missed: ${missed.map(([name, value]) => `${name} ${value}`).join(', ')}`);
}
