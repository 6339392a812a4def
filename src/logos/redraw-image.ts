import { Transformer } from '@napi-rs/image';
import { Problem } from '../kernel/problem.ts';
import { IMAGE_TYPES, type ImageHeader, readImageHeader } from './image-header.ts';

/** Three pixels of the image for each that the page shows (128 × 36); phones have no finer screens. */
const WIDTH_MAX = 384;
const HEIGHT_MAX = 108;

/** What is smaller is a tracking pixel or a mistake. */
const SIDE_MIN = 16;
const SIDE_MAX = 4_096;
/** Decoded, 16 MB: what one sender may hold of our memory. */
const PIXELS_MAX = 4_194_304;

/** Each waits for a tenth of a second of work at most; beyond that somebody is trying something. */
const WAITING_MAX = 20;

export interface RedrawnImage {
  /** A PNG. */
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/**
 * Draws an image anew: its pixels and nothing else that is in the file. Phases: read its own header, which refuses what
 * would be too large decoded; decode, scale down, encode. One at a time, since decoding takes threads that DNS lookups
 * and file reads need as well.
 * @throws Problem validation_failed, unsupported_media_type, too_many_requests
 */
export async function redrawImage(bytes: Uint8Array): Promise<RedrawnImage> {
  const header = checkHeader(bytes);
  if (waiting >= WAITING_MAX) throw new Problem('too_many_requests', undefined, { retryAfterSeconds: 5 });
  waiting++;
  const drawn = last.then(() => draw(bytes, header));
  last = drawn.catch(() => {}).finally(() => waiting--);
  return drawn;
}

function checkHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.byteLength === 0) throw refused('Must be an image; nothing was sent');
  const header = readImageHeader(bytes);
  if (header === null) {
    throw new Problem('unsupported_media_type', `The body is none of ${Object.values(IMAGE_TYPES).join(', ')}.`);
  }
  const { width, height } = header;
  if (Math.min(width, height) < SIDE_MIN || Math.max(width, height) > SIDE_MAX) {
    throw refused(`Must be ${SIDE_MIN} to ${SIDE_MAX} pixels wide and high`);
  }
  if (width * height > PIXELS_MAX) throw refused(`Must have at most ${PIXELS_MAX} pixels`);
  return header;
}

async function draw(bytes: Uint8Array, { width, height }: ImageHeader): Promise<RedrawnImage> {
  try {
    const { orientation } = await new Transformer(bytes).metadata(true);
    const onSide = orientation !== undefined && orientation >= FIRST_ORIENTATION_ON_SIDE;
    const size = onSide ? fitted(height, width) : fitted(width, height);
    // Cameras store which way is up beside the picture, where it would be lost.
    return { bytes: await new Transformer(bytes).rotate().fastResize(size).png(), ...size };
  } catch {
    throw refused('Must be an image that can be decoded whole');
  }
}

/** Values 5 to 8 of the EXIF tag: width and height change places. */
const FIRST_ORIENTATION_ON_SIDE = 5;

/** The largest size of these proportions that is within the limits; never larger than the image. */
function fitted(width: number, height: number): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, WIDTH_MAX / width, HEIGHT_MAX / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function refused(rule: string): Problem {
  return new Problem('validation_failed', 'The image breaks a rule.', { errors: [{ pointer: '', detail: rule }] });
}
