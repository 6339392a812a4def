import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { NEOPAY } from './partner-profile.ts';
import { flippedBytes, reasonOf } from './rejection-fixture.ts';
import { verifyBluesnapWebhook } from './verify-bluesnap-webhook.ts';
import { verifyEncryptedWebhook, verifyLegacyWebhook } from './verify-encrypted-webhook.ts';
import { verifyPartnerWebhook, verifySignedMembers } from './verify-partner-webhook.ts';
import { verifyWebhook } from './verify-webhook.ts';
import type { ReceivedWebhook } from './webhook-request.ts';

interface Key {
  readonly keyId: string;
  readonly kind: string;
  readonly text: string;
  readonly publicKey?: string;
}

interface Vector {
  readonly name: string;
  readonly at: string;
  readonly keys: readonly Key[];
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string } | null;
  readonly endpoint?: { readonly profile: string };
  readonly plaintext?: string;
  readonly acknowledgedBy: readonly { readonly body: string }[];
}
type Sent = Vector & { readonly request: NonNullable<Vector['request']> };

const textsOf = ({ keys }: Vector, kind: string) => keys.flatMap((key) => (key.kind === kind ? [key.text] : []));

const VERIFIERS: Readonly<Record<string, (vector: Vector, received: ReceivedWebhook) => Promise<unknown>>> = {
  standard: (vector, received) => verifyWebhook({ ...received, secrets: textsOf(vector, 'secret') }),
  bluesnap: (vector, received) => verifyBluesnapWebhook({ ...received, ...bluesnapKeys(vector) }),
  'bluesnap-receipt': (vector, received) => verifyBluesnapWebhook({ ...received, ...bluesnapKeys(vector) }),
  encrypted: (vector, received) =>
    verifyEncryptedWebhook({
      ...received,
      notificationKeys: Object.fromEntries(vector.keys.map(({ keyId, text }) => [keyId, text])),
    }),
  'encrypted-legacy': (vector, received) =>
    verifyLegacyWebhook({ ...received, notificationKeys: textsOf(vector, 'notification') }),
  partner(vector, received) {
    const input = { ...received, secrets: textsOf(vector, 'secret') };
    return vector.endpoint?.profile === 'neopay'
      ? verifySignedMembers({ ...input, profile: NEOPAY })
      : verifyPartnerWebhook(input);
  },
};

function bluesnapKeys(vector: Vector) {
  return { secrets: textsOf(vector, 'secret'), dataProtectionKeys: textsOf(vector, 'data_protection') };
}

async function vectorsOf(dialect: string): Promise<readonly Sent[]> {
  const address = new URL(`../../docs/dialects/vectors/${dialect}.json`, import.meta.url);
  const { vectors }: { readonly vectors: readonly Vector[] } = JSON.parse(await readFile(address, 'utf8'));
  return vectors.flatMap((vector) => (vector.request === null ? [] : [{ ...vector, request: vector.request }]));
}

const received = ({ request, at }: Sent): ReceivedWebhook & { readonly body: string } => ({
  ...request,
  now: new Date(at),
});

for (const [dialect, verify] of Object.entries(VERIFIERS)) {
  const vectors = await vectorsOf(dialect);
  const [first] = vectors;
  if (first === undefined) throw new Error(`There are no vectors of ${dialect}`);

  describe(`what the gateway sends as ${dialect}`, () => {
    it.each(vectors.map((vector) => [vector.name, vector] as const))('is believed: %s', async (_name, vector) => {
      const said = await verify(vector, received(vector));
      if (dialect === 'standard') expect(said).toEqual(JSON.parse(vector.request.body));
      if (dialect === 'bluesnap-receipt') {
        expect(vector.acknowledgedBy).toContainEqual({ status: 200, body: (said as { answer: string }).answer });
      }
      if (dialect.startsWith('bluesnap'))
        expect(said).toMatchObject({ webhookId: vector.request.headers['webhook-id'] });
      if (vector.plaintext !== undefined) {
        const { amount, webhookId } = said as { amount: string; webhookId: string };
        expect(vector.plaintext).toContain(`"amount":${amount},`);
        expect(webhookId).toBe(vector.request.headers['webhook-id']);
      }
    });

    it('is refused with any byte of its body turned', async () => {
      for (const body of flippedBytes(first.request.body)) {
        expect(await reasonOf(verify(first, { ...received(first), body }))).not.toBe('accepted');
      }
    });

    it('is refused with the keys of another', async () => {
      const keys = first.keys.map((key) => ({ ...key, text: otherOf(key.text) }));
      expect(await reasonOf(verify({ ...first, keys }, received(first)))).toBe('no_match');
    });

    it('is refused six minutes earlier and later', async () => {
      for (const minutes of [-6, 6]) {
        const now = new Date(Date.parse(first.at) + minutes * 60_000);
        expect(await reasonOf(verify(first, { ...received(first), now }))).toMatch(/^(?:too_old|too_new|no_match)$/);
      }
    });

    it('is refused without any one of the headers that prove it', async () => {
      // The partner's proof stands in the body.
      const proving = dialect.startsWith('bluesnap') ? /^bls-/ : dialect === 'partner' ? /^$/ : /^webhook-/;
      for (const name of Object.keys(first.request.headers).filter((each) => proving.test(each))) {
        const headers = { ...first.request.headers, [name]: undefined };
        expect(await reasonOf(verify(first, { ...received(first), headers }))).toBe('missing_header');
      }
    });

    it('says nothing under the eyes of the other verifiers', async () => {
      for (const [other, verifyOther] of Object.entries(VERIFIERS)) {
        if (other.slice(0, 8) === dialect.slice(0, 8)) continue;
        const outcome = verifyOther({ ...first, keys: [...first.keys, ...keysOfEveryKind] }, received(first));
        expect(await reasonOf(outcome), other).not.toBe('accepted');
      }
    });
  });
}

describe('an Ed25519 signature of the gateway', async () => {
  const signed = (await vectorsOf('standard')).filter(({ keys }) => keys.some(({ publicKey }) => publicKey));

  it('is believed under each of its public keys', async () => {
    expect(signed.length).toBeGreaterThan(0);
    for (const vector of signed) {
      for (const { publicKey } of vector.keys) {
        if (publicKey === undefined) continue;
        expect(await reasonOf(verifyWebhook({ ...received(vector), publicKey }))).toBe('accepted');
      }
    }
  });
});

const keysOfEveryKind: readonly Key[] = [
  { keyId: 'key_1', kind: 'secret', text: `whsec_${Buffer.alloc(32, 5).toString('base64')}` },
  { keyId: 'key_2', kind: 'notification', text: Buffer.alloc(32, 5).toString('base64url') },
];

/** The same spelling and length, another content. */
function otherOf(text: string): string {
  const at = text.startsWith('whsec_') ? 6 : 0;
  return (
    text.slice(0, at) +
    (text[at] === 'A' ? 'B' : text[at] === '0' ? '1' : text[at] === 'E' ? 'F' : 'A') +
    text.slice(at + 1)
  );
}
