/** Digits after the point that this side takes for a currency; all others have two. */
const DIGITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries('BYR CLP ILS JPY KRW VND XOF ISK PYG UGX RWF'.split(' ').map((code) => [code, 0])),
  ...Object.fromEntries('BHD JOD KWD OMR TND'.split(' ').map((code) => [code, 3])),
};

/** How many digits after the point a currency has here. */
export function digitsOf(currency: string): number {
  return DIGITS[currency] ?? 2;
}

/** Minor units of a decimal, or null where it is none, negative, or finer than the currency. */
export function readDecimal(value: unknown, currency: string): bigint | null {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return null;
  const match = /^(\d{1,10})(?:\.(\d+))?$/.exec(text);
  const digits = digitsOf(currency);
  if (match?.[1] === undefined || (match[2] ?? '').length > digits) return null;
  return BigInt(match[1]) * 10n ** BigInt(digits) + BigInt((match[2] ?? '').padEnd(digits, '0') || '0');
}

/** `123450n EUR` as `1234.50`. */
export function writeDecimal(amount: bigint, currency: string): string {
  const digits = digitsOf(currency);
  const text = amount.toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** `123450n EUR` as `1,234.50`, which is how notifications have it. */
export function writeGrouped(amount: bigint, currency: string): string {
  const sign = amount < 0n ? '-' : '';
  const [major = '', fraction] = writeDecimal(amount < 0n ? -amount : amount, currency).split('.');
  const grouped = major.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}
