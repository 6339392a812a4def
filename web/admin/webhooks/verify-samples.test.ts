import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VERIFY_SAMPLES } from './verify-samples.ts';

interface Vector {
  readonly name: string;
  readonly at: string;
  readonly keys: readonly { readonly kind: string; readonly text: string }[];
  readonly endpoint?: { readonly profile?: string };
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

function vectorsOf(dialect: string): readonly Vector[] {
  const file = new URL(`../../../docs/dialects/vectors/${dialect}.json`, import.meta.url);
  const { vectors }: { readonly vectors: readonly Vector[] } = JSON.parse(readFileSync(file, 'utf8'));
  // Of what a dialect has no word for there is no request.
  return vectors.filter(({ request }) => request !== null);
}

/** Runs a sample as a receiver would: its imports are given, and what it ends with is returned. */
function run(code: string, given: Readonly<Record<string, unknown>>, result = 'true'): unknown {
  const body = code.replace(/^import .*$/gm, '');
  const names = ['crypto', 'Buffer', ...Object.keys(given)];
  const imports = 'const { createHmac, createHash, createDecipheriv, timingSafeEqual } = crypto;';
  const receiver = new Function(...names, `${imports}\n${body}\nreturn ${result};`);
  return receiver(crypto, Buffer, ...Object.values(given));
}

function nodeSample(dialect: keyof typeof VERIFY_SAMPLES): string {
  return VERIFY_SAMPLES[dialect].find(({ language }) => language.startsWith('Node.js'))?.code ?? '';
}

/** During a rotation a receiver tries both. */
function hasOneSecret({ keys }: Vector): boolean {
  return keys.filter(({ kind }) => kind === 'secret').length === 1;
}

/** What a receiver has in its hands, at the moment of the message. */
function givenOf({ request, keys, at }: Vector) {
  const secret = keys.find(({ kind }) => kind === 'secret')?.text;
  return { headers: request.headers, rawBody: request.body, secret, Date: { now: () => Date.parse(at) } };
}

test.each(['standard', 'bluesnap', 'bluesnap-receipt'] as const)(
  'the sample of %s takes what is ours and refuses what was changed',
  (dialect) => {
    for (const vector of vectorsOf(dialect).filter(hasOneSecret)) {
      const given = givenOf(vector);
      expect(run(nodeSample(dialect), given), vector.name).toBe(true);
      expect(() => run(nodeSample(dialect), { ...given, rawBody: `${given.rawBody} ` })).toThrow('not from Tollgate');
    }
  },
);

test('the sample of standard refuses what is older than five minutes', () => {
  const [vector] = vectorsOf('standard');
  if (vector === undefined) throw new Error('There are vectors of standard');
  const later = { now: () => Date.parse(vector.at) + 301_000 };
  expect(() => run(nodeSample('standard'), { ...givenOf(vector), Date: later })).toThrow('not from Tollgate');
});

test('the sample of partner takes what is ours and refuses what was changed', () => {
  for (const vector of vectorsOf('partner').filter(
    (each) => hasOneSecret(each) && each.endpoint?.profile !== 'neopay',
  )) {
    const message = JSON.parse(vector.request.body);
    const secretKey = vector.keys[0]?.text;
    expect(run(nodeSample('partner'), { message, secretKey }), vector.name).toBe(true);
    const changed = { ...message, amount: message.amount + 1 };
    expect(() => run(nodeSample('partner'), { message: changed, secretKey })).toThrow('not from Tollgate');
  }
});

test('the sample of encrypted-legacy opens what is ours', () => {
  const [vector] = vectorsOf('encrypted-legacy');
  const given = { rawBody: vector?.request.body, notificationKey: vector?.keys[0]?.text };
  expect(run(nodeSample('encrypted-legacy'), given, 'notification')).toMatchObject({
    currencyCode: expect.any(String),
  });
});
