import { Secret, TOTP } from 'otpauth';
import { expect } from 'vitest';
import { createSetupLink } from '../../src/access/setup-link.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import type { Installation } from './installation.ts';
import { PanelBrowser } from './panel-browser.ts';

export const PASSWORD = 'a long enough sentence';

/** Somebody with a password and an authenticator app, at a browser of theirs. */
export interface PanelPerson {
  readonly browser: PanelBrowser;
  readonly email: string;
  readonly userId: string;
  readonly recoveryCodes: readonly string[];
  /** What their app shows now. */
  code(): string;
  /** Signs in, in that browser or another one. */
  signIn(browser?: PanelBrowser): Promise<PanelBrowser>;
}

/** The codes of an authenticator app. */
export function authenticatorApp(secret: string, clock: Clock): () => string {
  const app = new TOTP({ secret: Secret.fromBase32(secret) });
  return () => app.generate({ timestamp: clock.now().epochMilliseconds });
}

interface NewPerson {
  readonly email: string;
  readonly name: string;
  /** Sent with everything, as a proxy would. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes an account of a link's token, with a password and an authenticator app. */
export async function acceptAs(
  { apiUrl, tollgate }: Installation,
  token: string,
  { email, name, headers = {} }: NewPerson,
): Promise<PanelPerson> {
  const { clock } = tollgate.gateway;
  const browser = new PanelBrowser(apiUrl, headers);
  const isSetup = token.startsWith('setup_');
  const body = { token, name, password: PASSWORD, ...(isSetup ? { email } : {}) };
  const accepted = await browser.send('POST', '/session/link/accept', { body });
  expect(accepted.body, accepted.text).toEqual({ step: 'enroll' });
  const offer = await browser.send('POST', '/me/totp');
  expect(offer.status, offer.text).toBe(201);
  const code = authenticatorApp(offer.body.secret, clock);
  const confirm = { enrollment: offer.body.enrollment, code: code() };
  const confirmed = await browser.send('POST', '/me/totp/confirm', { body: confirm });
  expect(confirmed.status, confirmed.text).toBe(200);
  const session = await browser.send('GET', '/session');
  return {
    ...{ browser, email, code, userId: session.body.user.id, recoveryCodes: confirmed.body.recoveryCodes },
    async signIn(other = browser) {
      const first = await other.send('POST', '/session', { body: { email, password: PASSWORD } });
      expect(first.body, first.text).toEqual({ step: 'totp' });
      const second = await other.send('POST', '/session/totp', { body: { code: code() } });
      expect(second.body, second.text).toEqual({ step: 'done' });
      return other;
    },
  };
}

/** The installation's first owner. */
export async function setUpOwner(
  installation: Installation,
  headers: Readonly<Record<string, string>> = {},
): Promise<PanelPerson> {
  const { gateway } = installation.tollgate;
  const url = await createSetupLink(gateway.payments.database.query, gateway.clock, gateway.people.panel);
  return acceptAs(installation, tokenOf(url ?? ''), { email: 'owner@shop.example', name: 'Olive Owner', headers });
}

/** What stands behind # in a link. */
export function tokenOf(url: string): string {
  return url.slice(url.indexOf('#') + 1);
}
