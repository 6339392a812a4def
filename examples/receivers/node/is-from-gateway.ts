import { BlockList, isIPv4 } from 'node:net';

/**
 * Whether an address is among the addresses and ranges of GET /api/v1/egress-addresses; live and test have their own.
 * Behind a proxy of yours take the address that the proxy saw, never a header that anybody can send.
 */
export function isFromGateway(remoteAddress: string, egressAddresses: readonly string[]): boolean {
  const listed = new BlockList();
  for (const each of egressAddresses) {
    const [address = '', bits] = each.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (bits === undefined) listed.addAddress(address, family);
    else listed.addSubnet(address, Number(bits), family);
  }
  // A server that listens on both shows IPv4 addresses in IPv6.
  const plain = remoteAddress.replace(/^::ffff:(?=[\d.]+$)/i, '');
  return listed.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
}
