import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { present } from '../../src/kernel/assert.ts';
import { verifyStandard } from '../../src/notifications/dialects/standard.ts';
import { nearMissesOf, type SentVector } from '../support/near-misses.ts';
import { isHere } from '../support/receiver-samples.ts';

const run = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(`../../examples/receivers/shell/${name}`, import.meta.url));
const isRunnable = await isHere(['bash', '-c', 'command -v openssl curl']);

async function vectorsOf(dialect: string): Promise<readonly (SentVector & { readonly plaintext?: string })[]> {
  const address = new URL(`../../docs/dialects/vectors/${dialect}.json`, import.meta.url);
  return JSON.parse(await readFile(address, 'utf8')).vectors.filter((each: SentVector) => each.request !== null);
}

describe.runIf(isRunnable)(`openssl in the shell${isRunnable ? '' : ', which this machine does not have'}`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tollgate-shell-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The exit code: 0 where the sample believes the vector. */
  async function verify(dialect: string, { at, keys, request }: SentVector): Promise<unknown> {
    const [headers, body] = [join(folder, 'headers'), join(folder, 'body')];
    const sent = Object.entries(request.headers).filter(([, value]) => value !== undefined);
    await writeFile(headers, sent.map(([name, value]) => `${name}: ${value}\r\n`).join(''));
    await writeFile(body, request.body);
    const secrets = keys.filter(({ kind }) => kind === 'secret').map(({ text }) => text);
    const now = String(Math.floor(Date.parse(at) / 1000));
    return run(script('verify.sh'), [dialect, secrets.join(','), headers, body, now]).then(
      () => 0,
      (error: { code?: unknown }) => error.code,
    );
  }

  it.each(['standard', 'bluesnap'])('believes all that is published of %s', async (dialect) => {
    for (const vector of await vectorsOf(dialect)) expect(await verify(dialect, vector), vector.name).toBe(0);
  });

  it.each(['standard', 'bluesnap'])('believes nothing that comes close to %s', async (dialect) => {
    const misses = nearMissesOf(dialect, present((await vectorsOf(dialect))[0], 'a vector'));
    // It proves the signature, and reads neither the body nor addresses.
    const aboutSignatures = misses.filter(({ name }) => !/the gateway|authKey|though it is signed/.test(name));
    expect(aboutSignatures.length).toBeGreaterThan(12);
    for (const miss of aboutSignatures) expect(await verify(dialect, miss), miss.name).toBe(1);
  });

  it('makes BlueSnap’s receipt', async () => {
    const { stdout } = await run(script('verify.sh'), ['receipt', 'a key']);
    expect(stdout.trim()).toBe(createHash('md5').update('OKa key').digest('hex'));
  });

  it('opens what is published of encrypted-legacy', async () => {
    const vector = present((await vectorsOf('encrypted-legacy'))[0], 'a vector');
    const body = join(folder, 'legacy');
    await writeFile(body, vector.request.body);
    const { stdout } = await run(script('verify.sh'), ['decrypt-legacy', present(vector.keys[0], 'a key').text, body]);
    expect(stdout).toBe(vector.plaintext);
  });

  it('signs and sends what a receiver believes', async () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const verdicts: unknown[] = [];
    const server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      const headers = request.headers as Record<string, string>;
      verdicts.push(verifyStandard({ headers, body, secrets: [secret], now: Temporal.Now.instant() }));
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const body = join(folder, 'event.json');
    await writeFile(body, '{"id":"evt_1"}\n');
    try {
      const env = { ...process.env, TOLLGATE_SECRET: secret };
      const { stdout } = await run(script('send.sh'), [url, body], { env });
      expect([stdout.trim(), verdicts]).toEqual(['204', [{ ok: true }]]);
    } finally {
      server.close();
    }
  });
});
