import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { openBrowser, openPage } from '../../../test/support/browser.ts';
import { CATALOGS } from './messages/catalogs.ts';
import { type PageAnswer, type PageRequest, servePages } from './page-server-fixture.ts';
import { renderCheckoutPage } from './render-checkout-page.ts';
import { sampleView } from './sample-views.ts';
import type { CheckoutView } from './view.ts';

const EN = CATALOGS.en;

/** A device's clock that is years off. */
const FAKE_START = new Date('2031-05-05T05:05:05Z');
/** Real waits end early; this is for a machine that is busy. */
const PATIENCE_MS = 15_000;
const PATH = '/c/sampletoken';
const SESSION = '/api/v1/checkout-sessions/sampletoken';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
});

/** What the gateway says, which a test may change while the page is open. */
interface Gateway {
  view: CheckoutView;
  session: PageAnswer;
  /** Answers other paths. */
  post: (request: PageRequest) => Promise<PageAnswer>;
}

async function open(
  test: TestContext,
  view: CheckoutView,
  options: { javaScriptEnabled?: boolean; fakeTime?: boolean } = {},
) {
  const gateway: Gateway = {
    view,
    session: { json: { stateKey: view.stateKey, secondsLeft: view.secondsLeft } },
    post: async () => ({ seeOther: PATH }),
  };
  const server = await servePages((request) => {
    if (request.path === SESSION) return gateway.session;
    if (request.path === PATH) return { page: renderCheckoutPage(gateway.view) };
    return gateway.post(request);
  });
  const page = await openPage(browser, { javaScriptEnabled: options.javaScriptEnabled ?? true });
  test.onTestFinished(async () => {
    await page.context().close();
    server.close();
  });
  if (options.fakeTime) {
    await page.clock.install({ time: FAKE_START });
    // Time stands still but for `runFor`, however busy the machine is.
    await page.clock.pauseAt(FAKE_START.getTime() + 60_000);
  }
  await page.goto(server.url + PATH);
  const loads = () => server.requests.filter(({ path }) => path === PATH).length;
  const polls = () => server.requests.filter(({ path }) => path === SESSION).length;
  const posts = () => server.requests.filter(({ method }) => method === 'POST');
  return { page, gateway, loads, polls, posts };
}

/**
 * The script counts from when the answer began, which a stopped clock does not know of: after one tick the page shows
 * the script's own count instead of the server's, and from there on seconds are exact.
 */
const ONE_TICK_MS = 1_000;

/** The gateway's seconds would correct the page's, and they do not follow a time that a test moves. */
const NO_NEWS: PageAnswer = 'fail';

async function secondsShown(page: Page): Promise<number> {
  const parts = (await page.getByRole('timer').textContent())?.split(':').map(Number) ?? [];
  return parts.reduce((seconds, part) => seconds * 60 + part, 0);
}

describe.concurrent('the countdown', () => {
  it('counts from the server’s seconds, whatever the device’s clock says', async (test) => {
    const { page, gateway } = await open(test, sampleView('choose', { secondsLeft: 3_725 }), { fakeTime: true });
    gateway.session = NO_NEWS;
    expect(await page.getByRole('timer').textContent()).toMatch(/^1:0[12]:\d\d$/);
    await page.clock.runFor(ONE_TICK_MS);
    const before = await secondsShown(page);
    await page.clock.setSystemTime('2019-01-01T00:00:00Z');
    await page.clock.runFor(20_000);
    expect(await secondsShown(page)).toBe(before - 20);
  });

  it('is spoken of at five minutes, one minute and the end, and not between', async (test) => {
    const view = sampleView('redirect', { secondsLeft: 400, url: 'bankapp://pay', to: 'app' });
    const { page, gateway } = await open(test, view, { fakeTime: true });
    gateway.session = NO_NEWS;
    const status = page.getByRole('status');
    await page.clock.runFor(ONE_TICK_MS);
    // What is shown may be as old as a tick.
    await page.clock.runFor(((await secondsShown(page)) - 303) * 1_000);
    expect(await status.textContent()).toBe('');
    await page.clock.runFor(4_000);
    expect(await status.textContent()).toBe(EN.minutesLeft(5));
    await page.clock.runFor(236_000);
    expect(await status.textContent()).toBe(EN.minutesLeft(5));
    await page.clock.runFor(4_000);
    expect(await status.textContent()).toBe(EN.minutesLeft(1));
    await page.clock.runFor(59_250);
    expect(await status.textContent()).toBe(EN.timeIsUp);
  });

  it('reloads at its end, to show what the server says', async (test) => {
    const { page, gateway } = await open(
      test,
      sampleView('redirect', { secondsLeft: 1, url: 'bankapp://pay', to: 'app' }),
    );
    gateway.view = sampleView('expired');
    await page.getByRole('heading', { name: EN.expiredTitle }).waitFor({ timeout: PATIENCE_MS });
  });

  it('does not reload a page again and again whose time had run out before it came', async (test) => {
    const view = sampleView('redirect', { secondsLeft: 0, url: 'bankapp://pay', to: 'app' });
    const { page, loads } = await open(test, view, { fakeTime: true });
    await page.clock.runFor(10_000);
    await page.waitForTimeout(200);
    expect(loads()).toBe(1);
    expect(await page.getByRole('timer').textContent()).toBe('00:00');
  });

  it('follows the server where the time left was changed', async (test) => {
    const { page, gateway } = await open(test, sampleView('choose', { secondsLeft: 100 }));
    gateway.session = { json: { stateKey: 'state-1', secondsLeft: 700 } };
    await test.expect.poll(() => page.getByRole('timer').textContent(), { timeout: PATIENCE_MS }).toMatch(/^11:[345]/);
  });
});

describe.concurrent('the watch on the payment', () => {
  it('shows the new state once the server has one', async (test) => {
    const { page, gateway, loads } = await open(test, sampleView('waiting'));
    gateway.view = sampleView('succeeded', { stateKey: 'state-2' });
    gateway.session = { json: { stateKey: 'state-2', secondsLeft: 0 } };
    await page.getByRole('heading', { name: EN.succeededTitle }).waitFor({ timeout: PATIENCE_MS });
    expect(loads()).toBe(2);
  });

  it('asks less and less often, down to every five seconds', async (test) => {
    const { page, polls } = await open(test, sampleView('waiting'), { fakeTime: true });
    for (let second = 0; second < 60; second++) {
      await page.clock.runFor(1_000);
      await page.waitForTimeout(15);
    }
    expect(polls()).toBeGreaterThanOrEqual(6);
    expect(polls()).toBeLessThanOrEqual(16);
  });

  it('says so when it gets no answer twice, and takes it back when it does', async (test) => {
    const { page, gateway } = await open(test, sampleView('unknown'));
    const warning = page.getByText(EN.offline);
    expect(await warning.isVisible()).toBe(false);
    const answer = gateway.session;
    gateway.session = 'fail';
    await warning.waitFor({ state: 'visible', timeout: PATIENCE_MS });
    gateway.session = answer;
    await warning.waitFor({ state: 'hidden', timeout: PATIENCE_MS });
  });
});

describe.concurrent('a form', () => {
  it('is sent once, however often its button is pressed', async (test) => {
    const { page, gateway, posts } = await open(test, sampleView('choose'));
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    gateway.post = async () => {
      await released;
      return { seeOther: PATH };
    };
    const button = await page.evaluate(`(() => {
      const [pay, cancel] = document.querySelectorAll('[type=submit]');
      for (const button of [pay, pay, cancel]) button.click();
      return [pay.textContent, pay.ariaDisabled, cancel.ariaDisabled];
    })()`);
    expect(button).toEqual([EN.oneMoment, 'true', 'true']);
    await test.expect.poll(posts, { timeout: PATIENCE_MS }).toHaveLength(1);
    gateway.view = sampleView('waiting');
    release();
    await page.getByRole('heading', { name: EN.waitingTitle }).waitFor();
    expect(posts()).toEqual([{ method: 'POST', path: `${PATH}/pay`, body: 'state=state-1&method=card' }]);
  });

  it('of the test bar carries the pressed action', async (test) => {
    const { page, posts } = await open(test, sampleView('choose', { testMode: true }));
    await page.getByRole('button', { name: 'Pay, callback twice' }).click();
    await test.expect
      .poll(posts, { timeout: PATIENCE_MS })
      .toEqual([{ method: 'POST', path: `${PATH}/test`, body: 'state=state-1&action=callback_twice' }]);
  });
});

describe.concurrent('the way back to the shop', () => {
  const leaveUrl = (path: string) => `http://127.0.0.1:1/${path}`;

  it('is taken by itself after success', async (test) => {
    const { page } = await open(test, sampleView('succeeded', { leaveUrl: leaveUrl('back') }), { fakeTime: true });
    const left = page.waitForRequest(leaveUrl('back'));
    await page.clock.runFor(5_100);
    await left;
  });

  it('waits for somebody who is using the page', async (test) => {
    const view = sampleView('succeeded', { leaveUrl: leaveUrl('back') });
    const { page } = await open(test, view, { fakeTime: true });
    const left: string[] = [];
    page.on('request', (request) => left.push(request.url()));
    await page.keyboard.press('Tab');
    await page.clock.runFor(10_000);
    await page.waitForTimeout(300);
    expect(left).toEqual([]);
    expect(await page.getByText(EN.leavingSoon('Bluecom Shop')).count()).toBe(0);
  });
});

it.concurrent('copies the payment code', async (test) => {
  const { page } = await open(test, sampleView('qr'));
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: EN.copyCode }).click();
  await page.getByRole('button', { name: EN.copied }).waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('00020101021226');
});

it.concurrent('a page the back button brings back asks the server first', async (test) => {
  const { page, loads } = await open(test, sampleView('choose'));
  await page.evaluate(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`);
  await test.expect.poll(loads, { timeout: PATIENCE_MS }).toBe(2);
});

describe.concurrent('without scripts', () => {
  it('a payment is chosen, confirmed and seen through to its end', async (test) => {
    const { page, gateway, posts } = await open(test, sampleView('choose'), { javaScriptEnabled: false });
    gateway.post = async () => {
      gateway.view = sampleView('waiting');
      return { seeOther: PATH };
    };
    await page.getByText('Scan to Pay').click();
    await page.locator('.primary').click();
    await page.getByRole('heading', { name: EN.waitingTitle }).waitFor();
    gateway.view = sampleView('failed');
    await page.getByRole('heading', { name: EN.failedTitle }).waitFor({ timeout: PATIENCE_MS });
    expect(posts().map(({ body }) => body)).toEqual(['state=state-1&method=scan']);
  });
});
