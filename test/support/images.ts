import { crc32, deflateSync } from 'node:zlib';

interface PngOptions {
  /** Further chunks between header and pixels, by type. */
  readonly chunks?: Readonly<Record<string, string>>;
  /** What the header says, where that is not what is in the file. */
  readonly claims?: { readonly width: number; readonly height: number };
  /** Red, green, blue, alpha of the pixel at a place. */
  readonly color?: (x: number, y: number) => readonly [number, number, number, number];
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG of 8-bit RGBA, written by hand, so that a test can put into one what no encoder would. */
export function pngImage(width: number, height: number, options: PngOptions = {}): Buffer {
  const color = options.color ?? (() => [11, 110, 79, 255] as const);
  const rows = Buffer.alloc(height * (1 + 4 * width));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows.set(color(x, y), y * (1 + 4 * width) + 1 + 4 * x);
  }
  const claimed = options.claims ?? { width, height };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(claimed.width, 0);
  header.writeUInt32BE(claimed.height, 4);
  header.set([8, 6], 8);
  const extra = Object.entries(options.chunks ?? {}).map(([type, text]) => chunk(type, Buffer.from(text, 'latin1')));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...extra,
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The types of a PNG's chunks, in order, and its size as its header has it. */
export function readPng(bytes: Buffer): { chunks: string[]; width: number; height: number } {
  const chunks: string[] = [];
  for (let at = SIGNATURE.length; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    chunks.push(bytes.toString('latin1', at + 4, at + 8));
  }
  return { chunks, width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** A JPEG with an EXIF tag that says which way is up; 6 is turned a quarter clockwise to be looked at. */
export function withOrientation(jpeg: Buffer, orientation: number): Buffer {
  const tiff = Buffer.from('49492a0008000000010012010300010000000000000000000000', 'hex');
  tiff.writeUInt16LE(orientation, 18);
  const segment = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const marker = Buffer.from([0xff, 0xe1, 0, segment.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), marker, segment, jpeg.subarray(2)]);
}

function chunk(type: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  data.copy(whole, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}
