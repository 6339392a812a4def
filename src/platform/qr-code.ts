import { crc32, deflateSync } from 'node:zlib';
import { encode } from 'uqr';
import { type Html, html } from './html.ts';

/** What a code of the largest version holds at the level used here. ISO/IEC 18004 table 7, version 40, level M. */
const CODE_BYTES_MAX = 2_331;
/** The quiet zone, in modules. ISO/IEC 18004 section 6.3.8: without it scanners do not find the code. */
const QUIET_MODULES = 4;
/** Pictures are about as wide as this: sharp on a phone's screen, and still some hundred bytes. */
const PNG_PIXELS = 640;

type Modules = readonly (readonly boolean[])[];

/** The text as a QR code to stand in a page or in a file of its own; null where no code is large enough for it. */
export function qrSvg(text: string): Html | null {
  const modules = modulesOf(text);
  if (modules === null) return null;
  const size = modules.length;
  const path = modules.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')).join('')).join('');
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>`;
}

/** The same as a PNG of one bit a pixel; null where no code is large enough for it. */
export function qrPng(text: string): Buffer | null {
  const modules = modulesOf(text);
  if (modules === null) return null;
  const scale = Math.max(1, Math.round(PNG_PIXELS / modules.length));
  const width = modules.length * scale;
  const lines = modules.map((row) => lineOf(row, scale));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(width, 4);
  // One bit of gray a pixel; compression, filter and interlace are what each PNG has.
  header.writeUInt8(1, 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(lines.flatMap((line) => Array.from({ length: scale }, () => line))))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function modulesOf(text: string): Modules | null {
  if (text === '' || Buffer.byteLength(text) > CODE_BYTES_MAX) return null;
  return encode(text, { ecc: 'M', border: QUIET_MODULES }).data;
}

/** One line of pixels behind its filter type (none); a set bit is white. */
function lineOf(row: readonly boolean[], scale: number): Buffer {
  const line = Buffer.alloc(1 + Math.ceil((row.length * scale) / 8));
  for (let pixel = 0; pixel < row.length * scale; pixel++) {
    const at = 1 + (pixel >> 3);
    if (row[Math.floor(pixel / scale)] === false) line[at] = (line[at] ?? 0) | (0x80 >> (pixel & 7));
  }
  return line;
}

/** https://www.w3.org/TR/png-3/#5Chunk-layout */
function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(4 + named.length + 4);
  whole.writeUInt32BE(data.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), 4 + named.length);
  return whole;
}
