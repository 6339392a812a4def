/**
 * CRC-16/CCITT-FALSE (also IBM-3740): polynomial 0x1021, first value 0xFFFF, nothing reflected, as four capital digits.
 * ISO/IEC 13239, which EMVCo names; catalogued with its check value at
 * https://reveng.sourceforge.io/crc-catalogue/16.htm#crc.cat.crc-16-ibm-3740
 */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
