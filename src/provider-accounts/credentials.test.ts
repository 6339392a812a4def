import { expect, test } from 'vitest';
import { z } from 'zod';
import type { PaymentProvider } from '../providers/provider.ts';
import { createSandboxProvider } from '../providers/sandbox/sandbox-provider.ts';
import { inputSchema, parseCredentials } from './credentials.ts';

/** A provider whose schema lets everything through that a careless author may forget. */
const careless: PaymentProvider = {
  ...(createSandboxProvider({ baseUrl: 'http://127.0.0.1:9' }) as PaymentProvider),
  credentials: z.strictObject({
    user: z.string(),
    key: z.string().optional().meta({ secret: true }),
    spare: z.string().optional().meta({ secret: true }),
  }),
};

function refusalOf(sent: unknown): unknown {
  try {
    return parseCredentials(careless, 'test', sent);
  } catch (error) {
    return (error as { readonly errors: unknown }).errors;
  }
}

test('credentials without any secret are refused, whatever the provider takes', () => {
  expect(refusalOf({ user: 'shop' })).toEqual([{ pointer: '/credentials', detail: 'Must hold a secret' }]);
  expect(refusalOf({ user: 'shop', key: 'k' })).toEqual({ user: 'shop', key: 'k' });
});

test('each blank secret is refused by name', () => {
  const detail = 'Must not be blank';
  expect(refusalOf({ user: 'shop', key: '', spare: ' \t' })).toEqual([
    { pointer: '/credentials/key', detail },
    { pointer: '/credentials/spare', detail },
  ]);
  expect(refusalOf({ user: ' ', key: 'k' })).toEqual({ user: ' ', key: 'k' });
});

test('a schema tells its secret fields by x-secret alone', () => {
  const { properties } = inputSchema(careless.credentials);
  expect(properties).toEqual({
    user: { type: 'string' },
    key: { type: 'string', 'x-secret': true },
    spare: { type: 'string', 'x-secret': true },
  });
});
