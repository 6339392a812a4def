import ipaddr from 'ipaddr.js';

/** A subscriber is given 2^64 addresses of IPv6 at least (RFC 6177), and could come from another one each time. */
const SUBSCRIBER_GROUPS = 4;

/** Who stands behind an address, as one text: the IPv4 address, or the /64 of an IPv6 one. */
export function sourceOfAddress(address: string): string {
  if (!address.includes(':')) return address;
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const { parts } = parsed as ipaddr.IPv6;
  return `${parts
    .slice(0, SUBSCRIBER_GROUPS)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}
