/** Quantities have at most four decimals and are kept as ten-thousandths: `"1.5"` is 15,000. */
export const QUANTITY_UNIT = 10_000n;

const QUANTITY = /^(\d{1,9})(?:\.(\d{1,4}))?$/;

/** Ten-thousandths of a decimal text; null for what is none, or zero. */
export function parseQuantity(text: string): bigint | null {
  const match = QUANTITY.exec(text);
  if (match === null) return null;
  const quantity = BigInt(match[1] ?? '') * QUANTITY_UNIT + BigInt((match[2] ?? '').padEnd(4, '0'));
  return quantity === 0n ? null : quantity;
}

/** The shortest decimal text of a quantity. */
export function quantityText(quantity: bigint): string {
  const decimals = (quantity % QUANTITY_UNIT).toString().padStart(4, '0').replace(/0+$/, '');
  return `${quantity / QUANTITY_UNIT}${decimals === '' ? '' : `.${decimals}`}`;
}
