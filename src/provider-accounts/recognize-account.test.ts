import { expect, test } from 'vitest';
import type { Queryable } from '../platform/database.ts';
import type { ProviderAccount } from './account.ts';
import { recognizeAccount } from './recognize-account.ts';

const AT = Temporal.Instant.from('2026-01-01T00:00:00Z');
const ACCOUNT: ProviderAccount = {
  tenantId: 'ten_1',
  providerAccountId: 'pa_1',
  mode: 'test',
  provider: 'sandbox',
  name: 'One',
  priority: 1,
  status: 'active',
  routing: { weight: null, currencies: ['EUR'], amounts: null, methods: null },
  credentialsSealed: Buffer.from('sealed'),
  previousCredentials: { sealed: Buffer.from('before'), until: AT },
  reversalCutOff: { afterSeconds: 60 },
  createdAt: AT,
  updatedAt: AT,
};
/** Read from the database once more: equal, and another object in every part. */
const again = (): ProviderAccount => ({
  ...structuredClone({ ...ACCOUNT, createdAt: null, updatedAt: null, previousCredentials: null }),
  credentialsSealed: Buffer.from(ACCOUNT.credentialsSealed),
  previousCredentials: { sealed: Buffer.from('before'), until: AT.add({ seconds: 0 }) },
  createdAt: AT.add({ seconds: 0 }),
  updatedAt: AT.add({ seconds: 0 }),
});
const database = (): Queryable => ({}) as Queryable;

test('an account that is read again unchanged is the same object', () => {
  const db = database();
  expect(recognizeAccount(db, ACCOUNT)).toBe(ACCOUNT);
  expect(recognizeAccount(db, again())).toBe(ACCOUNT);
});

test('an account of another installation is another object', () => {
  recognizeAccount(database(), ACCOUNT);
  const other = again();
  expect(recognizeAccount(database(), other)).toBe(other);
});

test.each<[string, Partial<ProviderAccount>]>([
  ['its credentials', { credentialsSealed: Buffer.from('rotated') }],
  ['its previous credentials', { previousCredentials: { sealed: Buffer.from('other'), until: AT } }],
  [
    'the end of its previous credentials',
    { previousCredentials: { sealed: Buffer.from('before'), until: AT.add({ seconds: 1 }) } },
  ],
  ['that it has previous credentials', { previousCredentials: null }],
  ['its status', { status: 'disabled' }],
  ['its priority', { priority: 2 }],
  ['its rules', { routing: { ...ACCOUNT.routing, currencies: ['USD'] } }],
  ['its cut-off', { reversalCutOff: null }],
  ['when it was changed', { updatedAt: AT.add({ nanoseconds: 1_000 }) }],
])('an account of which %s has changed is another object, and the one from then on', (_, change) => {
  const db = database();
  recognizeAccount(db, ACCOUNT);
  const changed = { ...again(), ...change };
  expect(recognizeAccount(db, changed)).toBe(changed);
  expect(recognizeAccount(db, { ...again(), ...change })).toBe(changed);
});
