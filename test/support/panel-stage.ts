import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openBrowser, openPage, type PageOptions } from './browser.ts';
import { buildPanel } from './build-panel.ts';
import { type Installation, startInstallation } from './installation.ts';
import { type Merchant, merchantOf } from './merchant.ts';
import { acceptAs, type PanelPerson, setUpOwner, tokenOf } from './panel-person.ts';

interface OpenedPage {
  readonly page: Page;
  /** What the browser complained of; refusals that the panel shows are none. */
  readonly complaints: readonly string[];
}

interface OpenPanel extends PageOptions {
  /** The owner of the installation, unless somebody else is named; null: nobody has signed in. */
  readonly person?: PanelPerson | null;
  readonly language?: 'en' | 'de';
}

/** A panel with people at it: whoever tests a screen stands before it at once, without a form of signing in. */
export interface PanelStage {
  readonly installation: Installation;
  /** The tenant's back end, in test mode. */
  readonly shop: Merchant;
  /** May do everything, in the installation and in its tenants. */
  readonly owner: PanelPerson;
  /** Where the panel is, for pages that go on to another address of it. */
  readonly url: string;
  /** The beginning of the tenant's addresses: `/ten_…/test`. */
  readonly place: string;
  /** Invites somebody to the tenant, with one of its roles. */
  newPerson(role: string): Promise<PanelPerson>;
  /** Opens an address of the panel (what follows `/admin`) for somebody who has signed in; 1280 pixels wide unless told otherwise. */
  open(path: string, options?: OpenPanel): Promise<OpenedPage>;
  close(): Promise<void>;
}

const STEP_TIMEOUT_MS = 30_000;

/** Builds the panel, starts an installation and a browser, and makes the installation's owner. The caller closes it. */
export async function openPanelStage(options: Parameters<typeof startInstallation>[0] = {}): Promise<PanelStage> {
  await buildPanel();
  const [installation, browser] = await Promise.all([startInstallation(options), openBrowser()]);
  const { tenantId } = installation.tenant.tenant;
  const owner = await setUpOwner(installation);
  const { url, origin } = installation.tollgate.gateway.people.panel;
  let people = 0;
  return {
    ...{ installation, owner, url, place: `/${tenantId}/test` },
    shop: merchantOf(installation.apiUrl, installation.tenant.apiKeys.test),
    async newPerson(role) {
      people += 1;
      const email = `person-${people}@shop.example`;
      const invited = await owner.browser.send('POST', '/invitations', {
        body: { email, role },
        headers: { 'x-tollgate-tenant': tenantId },
      });
      expect(invited.status, invited.text).toBe(201);
      return acceptAs(installation, tokenOf(invited.body.url), { email, name: `Person ${people}` });
    },
    async open(path, { person = owner, language = 'en', ...look } = {}) {
      const page = await openPage(browser, { width: 1280, height: 860, ...look });
      page.setDefaultTimeout(STEP_TIMEOUT_MS);
      if (person !== null) await signInByCookie(page, origin, person);
      await page.addInitScript(`localStorage.setItem('tollgate.language', '${language}')`);
      const complaints = listenToComplaints(page);
      await page.goto(`${url}${path}`);
      return { page, complaints };
    },
    async close() {
      await closeAll(browser, installation);
    },
  };
}

async function closeAll(browser: Browser, installation: Installation): Promise<void> {
  await browser.close();
  await installation.close();
}

/** The session that the person has by API becomes this page's as well. */
async function signInByCookie(page: Page, url: string, { browser }: PanelPerson): Promise<void> {
  const cookies = [...browser.cookies].map(([name, value]) => ({ name, value, url, httpOnly: true }));
  await page.context().addCookies(cookies.map((cookie) => ({ ...cookie, sameSite: 'Strict' as const })));
}

/** What a page's browser says is wrong from now on. */
export function listenToComplaints(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    const isNews = message.type() === 'error' || message.type() === 'warning';
    if (isNews && !/status of (?:401|403|409|422)|ERR_CONTENT_LENGTH_MISMATCH/.test(message.text()))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}
