import { assert } from '../../kernel/assert.ts';

/** Schemes a browser runs or opens inside the page's own reach; no shopper is ever sent to one. */
const SCRIPTABLE_SCHEMES = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'filesystem:', 'about:']);
const INFORMATION_SCHEMES = new Set(['https:', 'http:', 'mailto:', 'tel:']);

/**
 * The address where it may stand in a link out of the page, else null. Web addresses and app schemes pass; whether the
 * tenant registered them was decided when the payment was made, this is the last net.
 */
export function departureUrl(url: string | undefined): string | null {
  const parsed = url === undefined ? null : URL.parse(url);
  return parsed === null || SCRIPTABLE_SCHEMES.has(parsed.protocol) ? null : parsed.href;
}

/** Like `departureUrl`, where the page makes no sense without it. @throws AssertionFailed for an address it refuses */
export function requiredDepartureUrl(url: string): string {
  const href = departureUrl(url);
  assert(href !== null, 'The address the shopper is sent to is not one a browser may open');
  return href;
}

/** An address for help or legal texts, else null. */
export function informationUrl(url: string | undefined): string | null {
  const parsed = url === undefined ? null : URL.parse(url);
  return parsed !== null && INFORMATION_SCHEMES.has(parsed.protocol) ? parsed.href : null;
}

/** A picture the page's policy lets through (`img-src 'self' data:`), else null, so that no broken image is shown. */
export function imageUrl(url: string | undefined): string | null {
  if (url === undefined) return null;
  return /^\/(?![/\\])/.test(url) || /^data:image\/(png|jpeg|webp|gif|svg\+xml)[;,]/.test(url) ? url : null;
}
