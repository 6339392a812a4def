import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VECTOR_EVENTS } from '../../scripts/dialect-vector-events.ts';
import { present } from '../../src/kernel/assert.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import type { DialectKey } from '../../src/notifications/dialects/dialect.ts';
import { findDialect } from '../../src/notifications/dialects/find-dialect.ts';
import type { DialectId } from '../../src/notifications/endpoint.ts';
import { until } from '../support/api-client.ts';
import { fromGateway, nearMissesOf, type SentVector } from '../support/near-misses.ts';
import { isHere, judge, SAMPLES, type ServingSample, serveSample } from '../support/receiver-samples.ts';

/** What every sample speaks. */
const DIALECTS = ['standard', 'bluesnap', 'bluesnap-receipt', 'encrypted'] as const;

interface Published extends SentVector {
  readonly acknowledgedBy: readonly { readonly body: string }[];
}

async function publishedOf(dialect: string): Promise<readonly Published[]> {
  const address = new URL(`../../docs/dialects/vectors/${dialect}.json`, import.meta.url);
  const { vectors }: { readonly vectors: readonly Published[] } = JSON.parse(await readFile(address, 'utf8'));
  return vectors.filter(({ request }) => request !== null);
}

const published = new Map(await Promise.all(DIALECTS.map(async (each) => [each, await publishedOf(each)] as const)));
const vectorsOf = (dialect: DialectId) => present(published.get(dialect as (typeof DIALECTS)[number]), dialect);
const here = await Promise.all(SAMPLES.map(async (sample) => ({ sample, found: await isHere(sample.probe) })));

for (const { sample } of here.filter(({ found }) => !found)) {
  describe.skip(`the sample in ${sample.language}, which this machine does not have`, () => {
    it('is held to no vector', () => {});
  });
}

describe.each(here.filter(({ found }) => found).map(({ sample }) => [sample.language, sample] as const))(
  'the sample in %s',
  (_language, sample) => {
    let folder: string;
    let command: readonly [string, ...string[]];
    const serving: ServingSample[] = [];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tollgate-receiver-'));
      command = await sample.prepare(folder);
    }, 180_000);
    afterAll(async () => {
      await Promise.all(serving.map((each) => each.stop()));
      await rm(folder, { recursive: true, force: true });
    });

    it.each(DIALECTS)('believes all that is published of %s, from an address of the gateway', async (dialect) => {
      const vectors = vectorsOf(dialect);
      const content = { dialect, vectors: vectors.map((vector, index) => fromGateway(vector, index)) };
      const { code, verdicts } = await judge(command, { path: join(folder, 'genuine.json'), content });
      for (const { name, acknowledgedBy } of vectors) {
        const answer = dialect === 'bluesnap-receipt' ? expect.toBeOneOf(acknowledgedBy.map(({ body }) => body)) : '';
        if (name.includes('authKey')) continue;
        expect(verdicts.get(name), name).toEqual({ verdict: 'verified', detail: answer });
      }
      expect([code, verdicts.size]).toEqual([0, vectors.length]);
    });

    it.each(DIALECTS)('believes nothing that comes close to %s', async (dialect) => {
      const vectors = nearMissesOf(dialect, present(vectorsOf(dialect)[0], 'a vector'));
      const content = { dialect, vectors };
      const { code, verdicts } = await judge(command, { path: join(folder, 'misses.json'), content });
      for (const { name } of vectors) expect(verdicts.get(name)?.verdict, name).toBe('refused');
      expect([code, verdicts.size]).toEqual([1, vectors.length]);
    });

    describe.runIf(sample.serves)('as a receiver', () => {
      const serve = async (environment: Readonly<Record<string, string>>) => {
        const served = await serveSample(command, environment);
        serving.push(served);
        return served;
      };

      it('acts once on what comes twice, and says of what is forged that it was refused', async () => {
        const [key] = keysOf('standard');
        const receiver = await serve({ TOLLGATE_DIALECT: 'standard', TOLLGATE_SECRETS: present(key, 'a key').text });
        const { headers, body } = messageOf('standard');
        const post = (changes: Pick<RequestInit, 'headers' | 'body'>) =>
          fetch(receiver.url, { method: 'POST', headers, body, ...changes });
        expect((await post({})).status).toBe(200);
        expect((await post({})).status).toBe(200);
        expect((await post({ body: `${body} ` })).status).toBe(400);
        expect((await post({ headers: [...Object.entries(headers), ['webhook-id', 'evt_2']] })).status).toBe(400);
        expect((await post({ headers: {} })).status).toBe(400);
        expect((await fetch(receiver.url)).status).toBeGreaterThanOrEqual(400);
        // What a process prints arrives by a pipe of its own, perhaps after the answer.
        const said = (start: string) => receiver.lines.filter((line) => line.startsWith(start));
        await until(async () => said('refused:').length === 3);
        expect(said('received:')).toEqual(['received: payment.succeeded']);
      });

      it('answers BlueSnap’s notification with the receipt', async () => {
        const receiver = await serve({
          TOLLGATE_DIALECT: 'bluesnap-receipt',
          TOLLGATE_SECRETS: textOf('bluesnap-receipt', 'secret'),
          TOLLGATE_DATA_PROTECTION_KEYS: textOf('bluesnap-receipt', 'data_protection'),
          TOLLGATE_EGRESS_ADDRESSES: '203.0.113.7,127.0.0.1',
        });
        const answer = await fetch(receiver.url, { method: 'POST', ...messageOf('bluesnap-receipt') });
        const response = { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
        expect(findDialect('bluesnap-receipt').acknowledged(response, keysOf('bluesnap-receipt'))).toBe(true);
      });

      it('refuses what comes from elsewhere, however well it is signed', async () => {
        const receiver = await serve({
          TOLLGATE_DIALECT: 'standard',
          TOLLGATE_SECRETS: textOf('standard', 'secret'),
          TOLLGATE_EGRESS_ADDRESSES: '203.0.113.7,203.0.113.8',
        });
        expect((await fetch(receiver.url, { method: 'POST', ...messageOf('standard') })).status).toBe(403);
        await until(async () => receiver.lines.some((line) => line.includes('127.0.0.1 is not the gateway')));
      });
    });
  },
);

/** Those of the first published vector. */
function keysOf(dialect: DialectId): readonly (DialectKey & { readonly text: string })[] {
  return present(vectorsOf(dialect)[0], 'a vector').keys as readonly (DialectKey & { readonly text: string })[];
}

function textOf(dialect: DialectId, kind: string): string {
  return present(
    keysOf(dialect).find((key) => key.kind === kind),
    kind,
  ).text;
}

/** As the gateway sends it now. */
function messageOf(dialect: DialectId) {
  const { event } = present(VECTOR_EVENTS[0], 'an event');
  const endpoint = { merchantCode: null, partnerKeyId: null };
  const message = present(findDialect(dialect).encode(event, endpoint, keysOf(dialect), systemClock), 'a message');
  return { headers: message.headers, body: String(message.body) };
}
