import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What a client may call. */
export interface TargetPolicy {
  /** For test and demo installations: loopback and private networks as well; never link-local or a metadata service. */
  readonly allowPrivateTargets: boolean;
  /** Plain HTTP; allowed with private targets unless said otherwise, else not. */
  readonly allowHttp?: boolean;
  /** Where this installation serves nobody but its operator; no private address is called at these ports. */
  readonly ownPorts?: ReadonlySet<number>;
}

export type TargetCheck =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly reason: 'invalid_url' | 'address_not_allowed'; readonly rule: string };

/** One sentence for all of them, so that a refusal tells nobody what lies where in our network. */
export const ADDRESS_RULE = 'Must not lead to a private, local or reserved address';

/** RFC 6761, RFC 6762, RFC 8375 and ICANN's reservation of .internal: names that mean something local everywhere. */
const LOCAL_NAMES = ['localhost', 'local', 'internal', 'home.arpa'];

/** The global unicast space of RFC 4291; whatever IANA has not assigned yet is no place for a server. */
const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');
const GLOBAL_UNICAST_BITS = 3;

const PRIVATE_RANGES = ['loopback', 'private', 'uniqueLocal'];

/** Services for the virtual machine itself, which give away its credentials, in ranges that may be allowed otherwise. */
const METADATA_SERVICES = new Set([
  // Azure: https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16
  '168.63.129.16',
  // Amazon, Google and Oracle over IPv6; over IPv4 they are link-local.
  'fd00:ec2::254',
  'fd20:ce::254',
  'fd00:c1::a9fe:a9fe',
]);

/**
 * Whether an address of a target may be stored or called at all. Looks at the text and at literal addresses in every
 * spelling the URL standard knows; what a name resolves to is checked when it is called, and each time anew.
 */
export function checkTargetUrl(text: string, policy: TargetPolicy): TargetCheck {
  if (/[\s\p{Cc}\p{Cf}\\]/u.test(text)) return invalid('Must not contain spaces, control characters or backslashes');
  const url = URL.parse(text);
  // The pattern refuses what the parser would mend, such as https:host and https:///host.
  if (url === null || !/^https?:\/\/[^/?#]/i.test(text))
    return invalid('Must be an address such as https://example.com');
  if (/^[^/]*\/\/[^/?#]*@/.test(text)) return invalid('Must not contain a user name or a password');
  if (url.protocol === 'http:' && !(policy.allowHttp ?? policy.allowPrivateTargets)) {
    return invalid('Must begin with https://');
  }
  if (url.port === '0') return invalid('Must not use port 0');
  return isAllowedHost(hostOf(url), policyAt(url, policy))
    ? { ok: true, url }
    : { ok: false, reason: 'address_not_allowed', rule: ADDRESS_RULE };
}

/** What may be called at the port of an address: at our own ones nothing but public addresses, wherever a name leads. */
export function policyAt(url: URL, policy: TargetPolicy): TargetPolicy {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return policy.ownPorts?.has(port) === true ? { ...policy, allowPrivateTargets: false } : policy;
}

/** The host without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** Whether an address in text form may be connected to; false for what is no address. */
export function isAllowedAddress(address: string, policy: TargetPolicy): boolean {
  const parsed = parseAddress(address);
  if (parsed === null || METADATA_SERVICES.has(parsed.toString())) return false;
  const range = parsed.range();
  if (policy.allowPrivateTargets && PRIVATE_RANGES.includes(range)) return true;
  if (range !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST, GLOBAL_UNICAST_BITS);
}

/** Whether an address is one of a list, however each is spelled. */
export function isOneOf(address: string, addresses: readonly string[]): boolean {
  const parsed = parseAddress(address)?.toString();
  return parsed !== undefined && addresses.some((each) => parseAddress(each)?.toString() === parsed);
}

function isAllowedHost(host: string, policy: TargetPolicy): boolean {
  if (isIP(host) !== 0) return isAllowedAddress(host, policy);
  if (policy.allowPrivateTargets) return true;
  const name = host.replace(/\.$/, '');
  return name.includes('.') && !LOCAL_NAMES.some((local) => name.endsWith(`.${local}`));
}

/** Node decides what an address is, since it is Node that connects; the library reads older spellings as well. */
function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  return isIP(address) === 0 || address.includes('%') ? null : ipaddr.parse(address);
}

function invalid(rule: string): TargetCheck {
  return { ok: false, reason: 'invalid_url', rule };
}
