import { expect, test } from 'vitest';
import { subjectOfRefusal } from './provider-refusal.ts';

test.each([
  ['invalid_credentials', 'account'],
  ['insufficient_permissions', 'account'],
  ['forbidden', 'account'],
  ['bad_signature', 'account'],
  ['not_configured', 'account'],
  ['currency_mismatch', 'misfit'],
  ['currency_not_supported', 'misfit'],
  ['invalid_method', 'payment'],
  ['amount_not_supported', 'payment'],
  ['card_error', 'payment'],
  ['stale_timestamp', 'payment'],
  ['a_code_that_a_provider_invents_tomorrow', 'payment'],
  ['', 'payment'],
])('a refusal with the code “%s” is about the %s', (code, subject) => {
  expect(subjectOfRefusal({ code })).toBe(subject);
});
