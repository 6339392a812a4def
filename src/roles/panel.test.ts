import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PANEL_PATH } from '../access/panel-address.ts';
import { problem, startTestServer } from '../platform/http/http-server-fixture.ts';
import { SHORT_PATHS, servePanel } from './panel.ts';

const SCRIPT = 'export const panel = "panel".repeat(9);';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-panel-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<meta property="csp-nonce" nonce="__NONCE__">');
  await writeFile(join(folder, 'assets', 'index-abc.js'), SCRIPT);
  await writeFile(join(folder, 'assets', 'index-abc.js.br'), brotliCompressSync(SCRIPT));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (built = folder) => startTestServer([], { prepare: (server) => servePanel(server, built) });

test('every address of the panel that names no file shows its index, which nobody keeps', async () => {
  const { url } = await start();
  for (const path of ['', '/', '/sign-in', '/ten_1/test/payments/pay_1']) {
    const answer = await fetch(`${url}${PANEL_PATH}${path}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toContain('csp-nonce');
  }
});

test('the policy of the panel lets in nothing but its own files, and no frame around it', async () => {
  const { url } = await start();
  const answers = await Promise.all([fetch(`${url}${PANEL_PATH}`), fetch(`${url}${PANEL_PATH}`)]);
  const policies = answers.map(({ headers }) => headers.get('content-security-policy') ?? '');
  expect(policies[0]).toMatch(/default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w+/=]{24}';/);
  expect(policies[0]).toMatch(/connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'/);
  expect(policies[0]).not.toMatch(/unsafe|\*|https?:/);
  const [, nonce = ''] = /nonce-([^']+)/.exec(policies[0] ?? '') ?? [];
  expect(await answers[0]?.text()).toContain(`nonce="${nonce}"`);
  expect(policies[1]).not.toContain(nonce);
});

test('files are kept for ever, and sent as small as the browser takes them', async () => {
  const { url } = await start();
  const address = `${url}${PANEL_PATH}/assets/index-abc.js`;
  const small = await fetch(address, { headers: { 'accept-encoding': 'gzip, br' } });
  expect(small.headers.get('content-encoding')).toBe('br');
  expect(small.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(await small.text()).toBe(SCRIPT);
  const plain = await fetch(address, { headers: { 'accept-encoding': 'identity' } });
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(plain.headers.get('vary')).toBe('accept-encoding');
  expect(await plain.text()).toBe(SCRIPT);
});

test('a file that there is not is not found, also one that lies beside the files', async () => {
  const { url } = await start();
  for (const name of ['index-old.js', '..%2Findex.html', 'index-abc.js.br']) {
    const answer = await fetch(`${url}${PANEL_PATH}/assets/${name}`);
    expect([name, answer.status, (await problem(answer)).code]).toEqual([name, 404, 'not_found']);
  }
});

test('short addresses lead into the panel', async () => {
  const { url } = await start();
  for (const path of SHORT_PATHS) {
    const answer = await fetch(`${url}${path}`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `${PANEL_PATH}${path}`]);
  }
});

test('where the panel was not built, its addresses say so', async () => {
  const { url } = await start(join(folder, 'nowhere'));
  const answer = await fetch(`${url}${PANEL_PATH}`);
  expect([answer.status, (await problem(answer)).detail]).toEqual([
    503,
    'The panel has not been built here: npm run build.',
  ]);
});
