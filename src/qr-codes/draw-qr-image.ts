import { crc32, deflateSync } from 'node:zlib';
import { encode } from 'uqr';

/** ISO/IEC 18004 asks for four modules of quiet zone; level M lives with 15 % of dirt. */
const DRAWING = { ecc: 'M', border: 4 } as const;
/** Pixels of a module: at the usual 45 modules a code of 450 pixels, sharp on a phone and on paper of 4 cm. */
const MODULE_PIXELS = 10;

/** The code as SVG, in whole modules, so that it scales to any size. Dark on white in every color scheme. */
export function drawQrSvg(text: string): string {
  const { data, size } = encode(text, DRAWING);
  const path = data.flatMap((row, y) => runsOf(row).map(({ from, length }) => `M${from} ${y}h${length}v1h-${length}z`));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path.join('')}"/></svg>`
  );
}

function runsOf(row: readonly boolean[]): { readonly from: number; readonly length: number }[] {
  const runs: { from: number; length: number }[] = [];
  row.forEach((dark, x) => {
    if (!dark) return;
    const last = runs.at(-1);
    if (last !== undefined && last.from + last.length === x) last.length++;
    else runs.push({ from: x, length: 1 });
  });
  return runs;
}

/** The code as PNG of one bit a pixel. https://www.w3.org/TR/png-3/ */
export function drawQrPng(text: string): Buffer {
  const { data, size } = encode(text, DRAWING);
  const width = size * MODULE_PIXELS;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(width, 4);
  // One bit of gray a pixel; compression, filter method and interlacing are 0.
  header.writeUInt8(1, 8);
  const lines = data.map((row) => {
    const line = scanline(row, width);
    return Buffer.concat(Array.from({ length: MODULE_PIXELS }, () => line));
  });
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A byte for the filter (none), then a bit for each pixel; 1 is white. */
function scanline(row: readonly boolean[], width: number): Buffer {
  const line = Buffer.alloc(1 + Math.ceil(width / 8));
  for (let x = 0; x < width; x++) {
    if (row[Math.floor(x / MODULE_PIXELS)] === true) continue;
    const at = 1 + (x >> 3);
    line.writeUInt8(line.readUInt8(at) | (0x80 >> (x & 7)), at);
  }
  return line;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
