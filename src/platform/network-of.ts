import { isIP } from 'node:net';

/** What is left of an address in the record, in bits: what data protection authorities take for a network, not a person. */
const KEPT_BITS = { v4: 24, v6: 48 } as const;

/**
 * The network of an address, such as `203.0.113.0/24` or `2001:db8:7::/48`: enough to tell an office from a stranger, too
 * little to tell who. This machine's own address and what is no address, such as a machine's name, stay as they are.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address.split('%', 1)[0] ?? address;
  const family = isIP(plain);
  if (family === 0 || plain === '::1' || plain.startsWith('127.')) return address;
  if (family === 4) return `${plain.split('.').slice(0, 3).join('.')}.0/${KEPT_BITS.v4}`;
  const groups = firstGroups(plain).map((group) => Number.parseInt(group || '0', 16).toString(16));
  while (groups.at(-1) === '0') groups.pop();
  return `${groups.join(':')}::/${KEPT_BITS.v6}`;
}

/** The first three groups of sixteen bits, also where `::` stands for some of them. */
function firstGroups(address: string): readonly string[] {
  const [before = '', after] = address.split('::');
  const given = before === '' ? [] : before.split(':');
  if (after === undefined) return given.slice(0, 3);
  // An IPv4 address at the end stands for two groups.
  const behind = after === '' ? [] : after.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
  const zeros = Array.from({ length: 8 - given.length - behind.length }, () => '0');
  return [...given, ...zeros, ...behind].slice(0, 3);
}
