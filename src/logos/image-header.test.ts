import { Transformer } from '@napi-rs/image';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pngImage, withOrientation } from '../../test/support/images.ts';
import { readImageHeader } from './image-header.ts';

const picture = (width: number, height: number) => new Transformer(pngImage(width, height));

describe('the header of an image', () => {
  it.each([
    [16, 16],
    [300, 100],
    [17, 2_049],
  ])('says %i × %i in every format', async (width, height) => {
    const transparent = pngImage(width, height, { color: (x) => [x % 256, 0, 0, x % 2 === 0 ? 0 : 255] });
    const jpeg = await picture(width, height).jpeg(80);
    const images = {
      png: [pngImage(width, height), await picture(width, height).png()],
      jpeg: [jpeg, withOrientation(jpeg, 3)],
      webp: [
        await picture(width, height).webp(80),
        await picture(width, height).webpLossless(),
        await new Transformer(transparent).webp(50),
      ],
    };
    for (const [format, files] of Object.entries(images)) {
      for (const file of files) expect(readImageHeader(file)).toEqual({ format, width, height });
    }
  });

  it('of what ends before it does is none, wherever it ends', async () => {
    const jpeg = await picture(300, 100).jpeg(80);
    const headAt = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    expect(headAt).toBeGreaterThan(0);
    for (const [file, length] of [
      [pngImage(300, 100), 24],
      [jpeg, headAt + 9],
      [await picture(300, 100).webpLossless(), 25],
    ] as const) {
      for (let cut = 0; cut < length; cut++) expect(readImageHeader(file.subarray(0, cut))).toBeNull();
      expect(readImageHeader(file.subarray(0, length))).toMatchObject({ width: 300, height: 100 });
    }
  });

  it('of any bytes is found or not, and the search ends', () => {
    const starts = fc.constantFrom('', '\xff\xd8', '\x89PNG\r\n\x1a\n', 'RIFF\0\0\0\0WEBPVP8 ', 'RIFF\0\0\0\0WEBPVP8X');
    fc.assert(
      fc.property(starts, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        const found = readImageHeader(Buffer.concat([Buffer.from(start, 'latin1'), rest]));
        expect(found === null || Number.isInteger(found.width * found.height)).toBe(true);
      }),
    );
    expect(readImageHeader(Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(262_144, 0xff)]))).toBeNull();
  });
});
