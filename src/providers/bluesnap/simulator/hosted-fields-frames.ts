import { readFileSync } from 'node:fs';
import type { Card, Token } from './account.ts';
import type { Page } from './hosted-fields-page.ts';

type Tag = 'ccn' | 'exp' | 'cvv';

interface Field {
  readonly label: string;
  readonly fits: (value: string) => boolean;
}

/** https://developers.bluesnap.com/reference/test-credit-cards, with one number for each way it may go. */
const NUMBERS: Readonly<Record<string, Card>> = {
  '4263982640269299': 'approve',
  '4917484589897107': { decline: 'INSUFFICIENT_FUNDS' },
  '5425233430109903': 'review',
  '4001919257537193': { decline: 'HIGH_RISK_ERROR' },
};

const FIELDS: Readonly<Record<Tag, Field>> = {
  ccn: { label: 'Card number', fits: (value) => NUMBERS[digitsOf(value)] !== undefined },
  exp: { label: 'Expiry date', fits: (value) => /^(0[1-9]|1[0-2]) ?\/ ?(2[6-9]|[3-9]\d)$/.test(value.trim()) },
  cvv: { label: 'Security code', fits: (value) => /^\d{3,4}$/.test(value.trim()) },
};

/** As BlueSnap counts them: what was entered does not fit its field. */
const INVALID = '10';

const STYLE = `:root{color-scheme:light dark}html,body{height:100%;margin:0;background:none}
input{box-sizing:border-box;width:100%;height:100%;padding:0;border:0;outline:0;background:none;font:16px system-ui,sans-serif}`;

const WEB_SDK = new URL('web-sdk.js', import.meta.url);
const FIELD_FRAME = new URL('field-frame.js', import.meta.url);

/** The script that merchants load. */
export function webSdk(): Page {
  const headers = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-store' };
  return { status: 200, headers, body: readFileSync(WEB_SDK, 'utf8') };
}

/** A frame with one field in it, of its own origin, so that the merchant's page cannot look into it. */
export function fieldFrame(tag: string, nonce: string): Page | null {
  const field = fieldOf(tag);
  if (field === null) return null;
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'`;
  const input = `<input name="${tag}" aria-label="${field.label}" inputmode="numeric" autocomplete="off">`;
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
    },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>${field.label}</title>
<style nonce="${nonce}">${STYLE}</style>${input}<script type="module" nonce="${nonce}">${readFileSync(FIELD_FRAME, 'utf8')}</script></html>`,
  };
}

/** Takes what was entered into a field. The card behind the token is there once all of them fit; its number is not kept. */
export function enterField(token: Token, tag: string, value: string): Page | null {
  const field = fieldOf(tag);
  if (field === null) return null;
  const fits = field.fits(value);
  if (fits) token.fields.add(tag);
  else token.fields.delete(tag);
  if (tag === 'ccn') token.numbered = fits ? (NUMBERS[digitsOf(value)] ?? null) : null;
  token.card = token.fields.size === Object.keys(FIELDS).length ? token.numbered : null;
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { status: 200, headers, body: JSON.stringify({ errorCode: fits ? null : INVALID }) };
}

function fieldOf(tag: string): Field | null {
  return Object.hasOwn(FIELDS, tag) ? FIELDS[tag as Tag] : null;
}

function digitsOf(value: string): string {
  return value.replace(/\D/g, '');
}
