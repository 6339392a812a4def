import ipaddr from 'ipaddr.js';

/**
 * A CIDR range in the one spelling that is stored, such as 203.0.113.0/24; a single address is a range of one. null where
 * it is none. Ranges of all addresses are none either: they bind to nothing.
 */
export function canonicalRange(text: string): string | null {
  const [address = '', bits, ...more] = text.split('/');
  if (more.length > 0 || !isPlainAddress(address) || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return null;
  const whole = ipaddr.parse(address).kind() === 'ipv4' ? 32 : 128;
  const length = bits === undefined ? whole : Number(bits);
  if (length < 1 || length > whole) return null;
  const network =
    whole === 32
      ? ipaddr.IPv4.networkAddressFromCIDR(`${address}/${length}`)
      : ipaddr.IPv6.networkAddressFromCIDR(`${address}/${length}`);
  return `${network.toString()}/${length}`;
}

/** Whether an address lies in one of the ranges; an IPv4 address that is written as IPv6 counts as what it is. */
export function isWithinRanges(address: string, ranges: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return ranges.some((range) => {
    const [network, bits] = ipaddr.parseCIDR(range);
    return network.kind() === parsed.kind() && parsed.match(network, bits);
  });
}

/** ipaddr.js takes 127.1, 0x7f000001 and zones as well, which people read as something else. */
function isPlainAddress(text: string): boolean {
  return (
    ipaddr.IPv4.isValidFourPartDecimal(text) ||
    (text.includes(':') && /^[0-9a-f:]+$/i.test(text) && ipaddr.IPv6.isValid(text))
  );
}
