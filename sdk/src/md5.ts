import { bytesOf } from './bytes.ts';

/** How far each step rotates: four amounts for each of the four rounds. */
const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** The integer part of 4294967296 times abs(sin(step)), steps counted from 1. */
const SINES = Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32) | 0);

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;

/**
 * MD5 in small hexadecimal letters. Here because BlueSnap's receipts want it and WebCrypto, rightly, has it not; as a
 * proof of anything by itself it is broken. RFC 1321.
 */
export function md5Hex(text: string): string {
  const words = paddedWords(bytesOf(text));
  const sums = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  for (let block = 0; block < words.length; block += BLOCK_BYTES / 4) addBlock(sums, words, block);
  return [...new Uint8Array(sums.buffer)].map((_, index) => hexByte(sums, index)).join('');
}

/** The text, a bit, zeros up to a whole block, and the length in bits; little-endian whatever the machine is. */
function paddedWords(bytes: Uint8Array): Int32Array {
  const blocks = Math.ceil((bytes.length + 1 + LENGTH_BYTES) / BLOCK_BYTES);
  const words = new Int32Array((blocks * BLOCK_BYTES) / 4);
  for (const [index, byte] of [...bytes, 0x80].entries()) {
    words[index >> 2] = (words[index >> 2] ?? 0) | (byte << ((index % 4) * 8));
  }
  words[words.length - 2] = bytes.length << 3;
  words[words.length - 1] = Math.floor(bytes.length / 2 ** 29);
  return words;
}

function addBlock(sums: Int32Array, words: Int32Array, block: number): void {
  let [a = 0, b = 0, c = 0, d = 0] = sums;
  for (let step = 0; step < 64; step++) {
    const { mixed, word } = mixing(step, b, c, d);
    const sum = (a + mixed + (SINES[step] ?? 0) + (words[block + word] ?? 0)) | 0;
    const shift = SHIFTS[step >> 4]?.[step % 4] ?? 0;
    [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
  }
  for (const [index, value] of [a, b, c, d].entries()) sums[index] = ((sums[index] ?? 0) + value) | 0;
}

/** The function of a step's round, and which word of the block the step takes. */
function mixing(step: number, b: number, c: number, d: number): { readonly mixed: number; readonly word: number } {
  switch (step >> 4) {
    case 0:
      return { mixed: (b & c) | (~b & d), word: step };
    case 1:
      return { mixed: (d & b) | (~d & c), word: (5 * step + 1) % 16 };
    case 2:
      return { mixed: b ^ c ^ d, word: (3 * step + 5) % 16 };
    default:
      return { mixed: c ^ (b | ~d), word: (7 * step) % 16 };
  }
}

function hexByte(sums: Int32Array, index: number): string {
  const byte = ((sums[index >> 2] ?? 0) >>> ((index % 4) * 8)) & 0xff;
  return byte.toString(16).padStart(2, '0');
}
