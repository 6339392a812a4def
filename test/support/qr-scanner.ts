import { crc32, inflateSync } from 'node:zlib';
import jsQr from 'jsqr';
import { expect } from 'vitest';

// Its types say that the function is a member of what its module exports; it is what the module exports.
const decode = jsQr as unknown as typeof jsQr.default;

/** A picture in black and white. */
export interface Bitmap {
  readonly width: number;
  /** Row by row; true is dark. */
  readonly dark: readonly boolean[];
}

/** Reads the PNGs that we draw, checking each chunk's sum as a browser does. */
export function readPng(png: Buffer): Bitmap {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
    at += 12 + length;
  }
  const header = chunks.get('IHDR') ?? Buffer.alloc(13);
  const width = header.readUInt32BE(0);
  expect([header.readUInt32BE(4), [...header.subarray(8)]]).toEqual([width, [1, 0, 0, 0, 0]]);
  const lines = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  const lineBytes = 1 + Math.ceil(width / 8);
  expect(lines.length).toBe(lineBytes * width);
  const dark = Array.from({ length: width * width }, (_, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    return (lines.readUInt8(y * lineBytes + 1 + (x >> 3)) & (0x80 >> (x & 7))) === 0;
  });
  return { width, dark };
}

/** What a scanner reads of it; undefined where that is nothing. */
export function scan({ width, dark }: Bitmap): string | undefined {
  const pixels = new Uint8ClampedArray(dark.flatMap((one) => (one ? [0, 0, 0, 255] : [255, 255, 255, 255])));
  return decode(pixels, width, width)?.data;
}
