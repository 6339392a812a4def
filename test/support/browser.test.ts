import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, openPage, unpackChromium } from './browser.ts';

const COUNTER = `<!doctype html><title>Counter</title>
<style>body { background: white } @media (prefers-color-scheme: dark) { body { background: black } }</style>
<button>0</button>
<script>document.querySelector('button').onclick = ({ target }) => { target.textContent = Number(target.textContent) + 1 }</script>`;

let server: Server;
let port: number;
let browser: Browser;

beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    if (request.url === '/framed') {
      response.setHeader('set-cookie', 'seen=yes; SameSite=None; Secure');
      response.end(`<title>${request.headers.cookie ?? 'no cookie'}</title>`);
    } else if (request.url === '/frames') {
      response.end(`<iframe src="http://localhost:${port}/framed"></iframe>`);
    } else {
      response.end(COUNTER);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  browser = await openBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
});

describe('a page', () => {
  it('runs scripts, takes clicks and has its picture taken', async () => {
    const page = await openPage(browser, { width: 800, height: 600 });
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.getByRole('button').click();
    expect(await page.getByRole('button').textContent()).toBe('1');
    const picture = await page.screenshot();
    // Width and height stand in the header of a PNG: https://www.w3.org/TR/png-3/#11IHDR
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([800, 600]);
  });

  it('is the size of a phone unless told otherwise', async () => {
    const page = await openPage(browser);
    expect(await page.evaluate('[innerWidth, innerHeight]')).toEqual([360, 640]);
  });

  it('can be without script', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.getByRole('button').click();
    expect(await page.getByRole('button').textContent()).toBe('0');
  });

  it('can be dark', async () => {
    const page = await openPage(browser, { colorScheme: 'dark' });
    await page.goto(`http://127.0.0.1:${port}/`);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(0, 0, 0)');
  });

  it.skipIf(process.env.TOLLGATE_TEST_CHROMIUM)(
    'draws in the one font that came along, whatever the system has',
    async () => {
      const page = await openPage(browser);
      const samples = ['serif', 'sans-serif', 'monospace'].map(
        (family) => `<div><span style="font: 16px ${family}">illuminate</span></div>`,
      );
      await page.setContent(samples.join(''));
      const widths = await page.evaluate<number[]>('[...document.querySelectorAll("span")].map((s) => s.offsetWidth)');
      expect(widths[0]).toBeGreaterThan(40);
      expect(new Set(widths).size).toBe(1);
    },
  );

  it('reaches custom domains on loopback and nothing beyond it', async () => {
    const page = await openPage(browser);
    await page.goto(`http://shop.test:${port}/`);
    expect(await page.title()).toBe('Counter');
    // Any other address stands for the network: without the rule this one would be refused by the system, not by name.
    await expect(page.goto('http://127.0.0.2:1080/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
  });

  it.each([
    [false, 'seen=yes'],
    [true, 'no cookie'],
  ])('with third-party cookies blocked: %s, a frame of another site sees %s', async (blocked, seen) => {
    const page = await openPage(browser, { blockThirdPartyCookies: blocked });
    for (let visit = 0; visit < 2; visit++) await page.goto(`http://127.0.0.1:${port}/frames`);
    expect(await page.frames()[1]?.title()).toBe(seen);
  });
});

describe('the browser from npm', () => {
  let cache: string;
  beforeAll(async () => {
    cache = await mkdtemp(join(tmpdir(), 'tollgate-browser-'));
  });
  afterAll(() => rm(cache, { recursive: true, force: true }));

  it.runIf(process.platform === 'linux' && process.arch === 'x64')(
    'is unpacked whole by several at once, beside what a killed run left',
    async () => {
      const abandoned = join(cache, 'staging-abandoned');
      await mkdir(abandoned);
      await writeFile(join(abandoned, 'chromium'), 'half');
      await utimes(abandoned, 0, 0);
      const [first, second] = await Promise.all([unpackChromium(cache), unpackChromium(cache)]);
      expect(second).toEqual(first);
      expect(existsSync(first.executablePath)).toBe(true);
      expect(existsSync(abandoned)).toBe(false);
    },
  );
});
