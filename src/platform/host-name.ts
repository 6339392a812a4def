import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

export type DomainReading =
  | { readonly ok: true; readonly domain: string }
  | { readonly ok: false; readonly rule: string };

/** RFC 1035 section 2.3.4. */
const DOMAIN_LENGTH_MAX = 253;
/** Names that lead to the machine itself or to a local network, and the root of reverse look-ups. RFC 6761, 8375, 6762. */
const LOCAL_ENDINGS = /(^|\.)(localhost|local|internal|lan|home|home\.arpa|in-addr\.arpa|ip6\.arpa|onion|invalid)$/;

/** A host's name in the one spelling that is stored and compared: IDNA, lower case, without a dot at the end. */
export function canonicalDomain(text: string): DomainReading {
  if (/[\s/\\@:?#%*_]|[\p{Cc}\p{Cf}]/u.test(text))
    return refused('Must be a host name alone, such as pay.shop.example');
  const ascii = domainToASCII(text.normalize('NFC')).replace(/\.$/, '');
  if (ascii === '' || ascii.length > DOMAIN_LENGTH_MAX) return refused('Must be a host name such as pay.shop.example');
  const labels = ascii.split('.');
  if (labels.length < 2) return refused('Must have at least two parts, such as pay.shop.example');
  if (isIP(ascii) !== 0 || /^\d+$/.test(labels.at(-1) ?? '')) return refused('Must be a name, not an address');
  if (!labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))) {
    return refused('Each part must be 1 to 63 of a-z 0-9 - and not begin or end with -');
  }
  if (LOCAL_ENDINGS.test(ascii)) return refused('Must be a name of the public internet');
  return { ok: true, domain: ascii };
}

function refused(rule: string): DomainReading {
  return { ok: false, rule };
}

/** The host of a Host header, without port, brackets and the dot at the end: `Pay.Shop.example.:8443` → `pay.shop.example`. */
export function hostOfHeader(header: string): string {
  const [, bracketed] = /^\[([^\]]*)\]/.exec(header) ?? [];
  if (bracketed !== undefined) return bracketed;
  return header.replace(/:\d*$/, '').toLowerCase().replace(/\.$/, '');
}

/** Whether it leads to a machine by itself, so that nobody can prove it to be theirs: an address, `localhost`, or nothing. */
export function namesNobody(host: string): boolean {
  return isIP(host) !== 0 || host === 'localhost' || host === '';
}
