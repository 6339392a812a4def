import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';

/** A file the page loads, under a name made of its content, so that it may be cached for ever. */
export interface CheckoutAsset {
  readonly path: `/c/assets/${string}`;
  readonly contentType: string;
  readonly body: Buffer;
  /** The body as those who accept it are sent it; without a proxy before us nobody else would make it smaller. */
  readonly brotli: Buffer;
  readonly etag: string;
}

export interface CheckoutAssets {
  readonly stylesheet: CheckoutAsset;
  readonly island: CheckoutAsset;
  /** Of pages in a frame only. */
  readonly frame: CheckoutAsset;
  /** Of pages with a provider's card fields only. */
  readonly cardFields: CheckoutAsset;
}

let assets: CheckoutAssets | undefined;
const modules = new Map<string, CheckoutAsset>();

/** The page's style sheet and script, read from web/checkout at the first call. */
export function checkoutAssets(): CheckoutAssets {
  assets ??= {
    stylesheet: asset(
      'checkout',
      STYLE,
      pageFiles(['base.css', 'work.css', 'card.css', 'address.css', 'states.css', 'brand.css']),
    ),
    island: asset('island', SCRIPT, pageFiles(['island.js'])),
    frame: asset('frame', SCRIPT, pageFiles(['frame.js'])),
    cardFields: asset('card-fields', SCRIPT, pageFiles(['card-fields.js'])),
  };
  return assets;
}

/** A provider's own module for its card fields, by the provider's id; read at the first call. */
export function providerModule(providerId: string, file: URL): CheckoutAsset {
  const known = modules.get(providerId) ?? asset(`fields-${providerId}`, SCRIPT, [file]);
  modules.set(providerId, known);
  return known;
}

const STYLE = { extension: 'css', contentType: 'text/css; charset=utf-8' } as const;
const SCRIPT = { extension: 'js', contentType: 'text/javascript; charset=utf-8' } as const;

function pageFiles(names: readonly string[]): readonly URL[] {
  return names.map((name) => new URL(`../../../web/checkout/${name}`, import.meta.url));
}

/** One asset of several files: they are apart for those who write them, and one request for the shopper. */
function asset(
  name: string,
  { extension, contentType }: typeof STYLE | typeof SCRIPT,
  files: readonly URL[],
): CheckoutAsset {
  const body = Buffer.concat(files.map((file) => readFileSync(file)));
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  const brotli = brotliCompressSync(body);
  return { path: `/c/assets/${name}.${hash}.${extension}`, contentType, body, brotli, etag: `"${hash}"` };
}
