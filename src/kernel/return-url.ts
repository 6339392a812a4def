import type { Mode } from './caller.ts';

/** Where a tenant lets its shoppers' browsers be sent. */
export interface ReturnRules {
  /** As `checkOrigin` returned them; none registered: any https. */
  readonly allowedOrigins: readonly string[];
  /** As `checkAppScheme` returned them, such as `bluecomshop`. */
  readonly appSchemes: readonly string[];
  readonly mode: Mode;
}

export type ReturnUrlCheck = { readonly ok: true; readonly url: string } | Refusal;
export type OriginCheck = { readonly ok: true; readonly origin: string } | Refusal;
export type AppSchemeCheck = { readonly ok: true; readonly scheme: string } | Refusal;

/** `rule` is a sentence for the caller and repeats nothing of what was given. */
interface Refusal {
  readonly ok: false;
  readonly rule: string;
}

const LENGTH_MAX = 2_048;
const SCHEME_LENGTH_MAX = 64;

/** Schemes that run code, open files, start other programs or belong to the web itself: never an app's own. */
const RESERVED_SCHEMES = new Set(
  (
    'about android-app blob chrome chrome-extension cid content data facetime feed file filesystem ftp ftps geo http ' +
    'https imap intent itms itms-apps jar javascript ldap livescript mailto market mhtml mid moz-extension news nntp ' +
    'resource search search-ms shell sip sips sms smsto ssh tel telnet urn vbscript view-source web ws wss wyciwyg'
  ).split(' '),
);

/**
 * Whether a browser may be sent to this address with the outcome of a payment, and the address as browsers read it.
 * Everything a browser would mend or read differently from us is refused instead of mended.
 */
export function checkReturnUrl(text: string, { allowedOrigins, appSchemes, mode }: ReturnRules): ReturnUrlCheck {
  const url = parseStrictly(text);
  if (!(url instanceof URL)) return url;
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isWeb) {
    const scheme = url.protocol.slice(0, -1);
    const isRegistered = checkAppScheme(scheme).ok && appSchemes.includes(scheme);
    return isRegistered ? { ok: true, url: url.href } : refused('Must begin with https:// or a registered app scheme');
  }
  if (url.protocol === 'http:' && !(mode === 'test' && isLoopback(url))) {
    return refused('Must begin with https://; http:// is taken in test mode and for this machine only');
  }
  if (allowedOrigins.length > 0 && !allowedOrigins.includes(url.origin)) {
    return refused('Must lie at one of the registered return origins');
  }
  return { ok: true, url: url.href };
}

/**
 * Sets query parameters on an address that `checkReturnUrl` returned. Equal names are replaced; everything else,
 * fragment included, stays byte for byte, since a tenant may have signed it.
 */
export function addToReturnUrl(url: string, params: Readonly<Record<string, string>>): string {
  const hashAt = url.indexOf('#');
  const fragment = hashAt === -1 ? '' : url.slice(hashAt);
  const address = hashAt === -1 ? url : url.slice(0, hashAt);
  const queryAt = address.indexOf('?');
  const query = queryAt === -1 ? '' : address.slice(queryAt + 1);
  const kept = query === '' ? [] : query.split('&').filter((pair) => !Object.hasOwn(params, nameOf(pair)));
  const added = new URLSearchParams(params).toString();
  const whole = (added === '' ? kept : [...kept, added]).join('&');
  const path = queryAt === -1 ? address : address.slice(0, queryAt);
  return `${path}${whole === '' ? '' : `?${whole}`}${fragment}`;
}

/** Whether an origin may be registered for returns: https, or http on this machine, which serves in test mode only. */
export function checkOrigin(text: string): OriginCheck {
  const url = parseStrictly(text);
  if (!(url instanceof URL)) return url;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    return refused('Must begin with https://, or http:// on this machine');
  }
  if (url.hostname.includes('*')) return refused('Must be one host, without a wildcard');
  // Parsers let names pass with characters that would end a directive of a Content-Security-Policy.
  if (!/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(url.hostname))
    return refused('Must name a host of letters, digits and -');
  if (url.href !== `${url.origin}/`) return refused('Must end after the host and port, such as https://shop.example');
  return { ok: true, origin: url.origin };
}

/** Whether a scheme may be registered as an app's own: RFC 3986 section 3.1, in lower case, without the colon. */
export function checkAppScheme(scheme: string): AppSchemeCheck {
  if (!/^[a-z][a-z0-9+.-]+$/.test(scheme) || scheme.length > SCHEME_LENGTH_MAX) {
    return refused(`Must be 2 to ${SCHEME_LENGTH_MAX} of a-z 0-9 + . - beginning with a letter, without ://`);
  }
  // Windows gives schemes of the form ms-… to its own programs, some of which have run what a page told them.
  if (RESERVED_SCHEMES.has(scheme) || scheme.startsWith('ms-')) return refused('Must be a scheme of your own app');
  return { ok: true, scheme };
}

function parseStrictly(text: string): URL | Refusal {
  if (text.length > LENGTH_MAX) return refused(`Must be at most ${LENGTH_MAX} characters`);
  // Without the u flag's well-formed check, a lone surrogate would become another character on the way.
  if (/[\s\\\p{Cc}\p{Cf}\p{Cs}]/u.test(text))
    return refused('Must not contain spaces, control characters or backslashes');
  const url = URL.parse(text);
  const [, scheme, authority] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(text) ?? [];
  if (url === null || scheme === undefined || authority === undefined) {
    return refused('Must be a whole address such as https://shop.example/thanks');
  }
  if (authority.includes('@')) return refused('Must not contain a user name or a password');
  // The parser would skip slashes and take the next part for the host.
  if (authority === '' && url.host !== '') return refused('Must name a host');
  if (url.href.length > LENGTH_MAX) return refused(`Must be at most ${LENGTH_MAX} characters when percent-encoded`);
  return url;
}

/** RFC 6761 section 6.3 and the loopback blocks. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** The decoded name of one `name=value`. The leading & keeps the parser from dropping a question mark. */
function nameOf(pair: string): string {
  const [name = ''] = new URLSearchParams(`&${pair}`).keys();
  return name;
}

function refused(rule: string): Refusal {
  return { ok: false, rule };
}
