import type { Mode } from '../../kernel/caller.ts';

/** Where BlueSnap's notifications come from, https://support.bluesnap.com/docs/ipn-setup (IP addresses used to send). */
const ADDRESSES: Readonly<Record<Mode, ReadonlySet<string>>> = {
  live: new Set([
    '209.128.93.254',
    '209.128.93.98',
    '141.226.140.100',
    '141.226.141.100',
    '141.226.142.100',
    '141.226.143.100',
  ]),
  test: new Set(['209.128.93.232', '141.226.140.200', '141.226.141.200', '141.226.142.200', '141.226.143.200']),
};

/** Whether an address is BlueSnap's in this mode; also where the socket writes IPv4 as IPv6. */
export function isBluesnapAddress(address: string, mode: Mode): boolean {
  return ADDRESSES[mode].has(address.toLowerCase().replace(/^::ffff:/, ''));
}
