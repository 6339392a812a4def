import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A file the page loads, under a name made of its content, so that it may be cached for ever. */
export interface CheckoutAsset {
  readonly path: `/c/assets/${string}`;
  readonly contentType: string;
  readonly body: Buffer;
  readonly etag: string;
}

export interface CheckoutAssets {
  readonly stylesheet: CheckoutAsset;
  readonly island: CheckoutAsset;
}

let assets: CheckoutAssets | undefined;

/** The page's style sheet and script, read from web/checkout at the first call. */
export function checkoutAssets(): CheckoutAssets {
  assets ??= {
    stylesheet: asset('checkout', 'css', 'text/css; charset=utf-8', ['base.css', 'work.css', 'states.css']),
    island: asset('island', 'js', 'text/javascript; charset=utf-8', ['island.js']),
  };
  return assets;
}

/** One asset of several files: they are apart for those who write them, and one request for the shopper. */
function asset(name: string, extension: string, contentType: string, files: readonly string[]): CheckoutAsset {
  const folder = new URL('../../../web/checkout/', import.meta.url);
  const body = Buffer.concat(files.map((file) => readFileSync(new URL(file, folder))));
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { path: `/c/assets/${name}.${hash}.${extension}`, contentType, body, etag: `"${hash}"` };
}
