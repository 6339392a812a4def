/** Prefixes of one scheme's numbers, four digits at most, ranges inclusive, and the lengths it issues. */
interface CardScheme {
  readonly name: string;
  readonly prefixes: string;
  readonly lengths: readonly number[];
}

const FROM_13_TO_19 = [13, 14, 15, 16, 17, 18, 19];
const FROM_16_TO_19 = [16, 17, 18, 19];

/**
 * Prefixes of ISO/IEC 7812 in use. The register is not public; these are the ranges the schemes publish, gathered at
 * https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN). Prefix 1 (airlines' UATP) is
 * left out: it is how today's epoch milliseconds begin.
 */
const SCHEMES: readonly CardScheme[] = [
  { name: 'Visa', prefixes: '4', lengths: [13, 16, 19] },
  { name: 'Mastercard', prefixes: '51-55 2221-2720', lengths: [16] },
  { name: 'American Express', prefixes: '34 37', lengths: [15] },
  { name: 'Discover', prefixes: '6011 644-649 65', lengths: FROM_16_TO_19 },
  { name: 'Diners Club', prefixes: '300-305 3095 36 38-39', lengths: [14, 15, 16, 17, 18, 19] },
  { name: 'JCB', prefixes: '3528-3589', lengths: FROM_16_TO_19 },
  { name: 'UnionPay', prefixes: '62 8100-8171', lengths: FROM_16_TO_19 },
  { name: 'Maestro', prefixes: '50 56-58 6304 6759-6763', lengths: FROM_13_TO_19 },
  { name: 'InterPayment and InstaPayment', prefixes: '636-639', lengths: FROM_16_TO_19 },
  { name: 'RuPay', prefixes: '60 82', lengths: [16] },
  { name: 'Mir and BORICA', prefixes: '2200-2205', lengths: FROM_16_TO_19 },
  { name: 'Troy', prefixes: '9792', lengths: [16] },
  { name: 'NAPAS', prefixes: '9704', lengths: [16, 19] },
  { name: 'Uzcard and Humo', prefixes: '8600 9860', lengths: [16] },
];

/** By the first four digits, the lengths in use: bit n stands for n digits. */
const LENGTHS_BY_PREFIX = new Uint32Array(10_000);
for (const { prefixes, lengths } of SCHEMES) {
  for (const range of prefixes.split(' ')) {
    const [from = '', to = from] = range.split('-');
    for (let prefix = Number(from.padEnd(4, '0')); prefix <= Number(to.padEnd(4, '9')); prefix++) {
      for (const length of lengths) LENGTHS_BY_PREFIX[prefix] = (LENGTHS_BY_PREFIX[prefix] ?? 0) | (1 << length);
    }
  }
}

/** Whether numbers that begin with these four digits are issued with so many digits in all. */
export function isCardLength(prefix: number, digits: number): boolean {
  return ((LENGTHS_BY_PREFIX[prefix] ?? 0) & (1 << digits)) !== 0;
}
