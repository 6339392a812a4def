import { createHash } from 'node:crypto';

/** Who takes part in a draw. */
interface Drawn {
  readonly id: string;
  readonly weight: number;
}

const BITS = 52;

/**
 * Where each stands in a payment's draw, the lowest first: the same payment always draws the same, each comes first as
 * often as its weight says, and one who leaves or joins moves no payment between the others. That is rendezvous hashing
 * with weights, Schindelhauer and Schomaker 2005, https://doi.org/10.1145/1073970.1074008
 */
export function drawOrder(paymentId: string, drawn: readonly Drawn[]): ReadonlyMap<string, number> {
  return new Map(drawn.map(({ id, weight }) => [id, -Math.log(chanceOf(`${paymentId} ${id}`)) / weight]));
}

/** A number between 0 and 1, both excluded, that follows from the text and looks like chance. */
function chanceOf(text: string): number {
  const head = createHash('sha256').update(text).digest().readBigUInt64BE();
  return (Number(head >> BigInt(64 - BITS)) + 0.5) / 2 ** BITS;
}
