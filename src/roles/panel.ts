import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyReply } from 'fastify';
import { PANEL_PATH } from '../access/panel-address.ts';
import { Problem } from '../kernel/problem.ts';
import type { HttpServer } from '../platform/http/create-http-server.ts';

/** Where links lead that people are given: short ones, at the root of the admin's host. What follows the # stays. */
export const SHORT_PATHS = ['/', '/setup', '/invitation'] as const;

const BUILT = fileURLToPath(new URL('../../dist/panel/', import.meta.url));

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

interface Asset {
  readonly contentType: string;
  readonly body: Buffer;
  readonly brotli: Buffer;
}

interface BuiltPanel {
  readonly index: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

/**
 * Serves the admin panel as it was built, all of it read once, at the start. Its addresses that name no file lead to the
 * index, whose script shows the screen. Where it was not built, the path says so and everything else works.
 */
export function servePanel({ fastify }: HttpServer, folder: string = BUILT): void {
  const panel = readPanel(folder);
  for (const path of SHORT_PATHS) {
    fastify.get(path, (_request, reply) => reply.redirect(`${PANEL_PATH}${path}`, 302));
  }
  fastify.get<{ Params: { file: string } }>(`${PANEL_PATH}/assets/:file`, (request, reply) => {
    const asset = panel?.assets.get(request.params.file);
    if (asset === undefined) throw new Problem('not_found');
    const isSmall = /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
    if (isSmall) reply.header('content-encoding', 'br');
    return reply
      .header('content-type', asset.contentType)
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('vary', 'accept-encoding')
      .send(isSmall ? asset.brotli : asset.body);
  });
  const showIndex = (_request: unknown, reply: FastifyReply) => {
    if (panel === null) throw new Problem('unavailable', 'The panel has not been built here: npm run build.');
    const nonce = randomBytes(16).toString('base64');
    return reply.headers(pageHeaders(nonce)).send(panel.index.replace('__NONCE__', nonce));
  };
  fastify.get(PANEL_PATH, showIndex);
  fastify.get(`${PANEL_PATH}/*`, showIndex);
}

/** The nonce lets the dialogs' scroll lock write the one style element that it needs; nothing inline runs as a script. */
function pageHeaders(nonce: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  };
}

function readPanel(folder: string): BuiltPanel | null {
  const assets = join(folder, 'assets');
  if (!existsSync(join(folder, 'index.html')) || !existsSync(assets)) return null;
  const names = readdirSync(assets).filter((name) => !name.endsWith('.br'));
  return {
    index: readFileSync(join(folder, 'index.html'), 'utf8'),
    assets: new Map(names.map((name) => [name, readAsset(assets, name)])),
  };
}

function readAsset(folder: string, name: string): Asset {
  const extension = name.slice(name.lastIndexOf('.') + 1);
  return {
    contentType: MEDIA_TYPES[extension] ?? 'application/octet-stream',
    body: readFileSync(join(folder, name)),
    brotli: readFileSync(join(folder, `${name}.br`)),
  };
}
