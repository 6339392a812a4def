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
    stylesheet: readAsset('checkout', 'css', 'text/css; charset=utf-8'),
    island: readAsset('island', 'js', 'text/javascript; charset=utf-8'),
  };
  return assets;
}

function readAsset(name: string, extension: string, contentType: string): CheckoutAsset {
  const body = readFileSync(new URL(`../../../web/checkout/${name}.${extension}`, import.meta.url));
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { path: `/c/assets/${name}.${hash}.${extension}`, contentType, body, etag: `"${hash}"` };
}
