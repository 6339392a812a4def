/** The part of the contract that says what a refusal of a new attempt is about, by its code. */
import type { Refused } from './provider.ts';

/** The provider turns the account away, whatever it is asked for: keys, rights, signature, configuration. */
const ACCOUNT_CODES: ReadonlySet<string> = new Set([
  'bad_signature',
  'forbidden',
  'insufficient_permissions',
  'invalid_credentials',
  'not_configured',
]);

/** The account cannot take this one, and another account may: the currency is a matter of the account's contract. */
const MISFIT_CODES: ReadonlySet<string> = new Set(['currency_mismatch', 'currency_not_supported']);

/**
 * What a refusal is about. Every code that is not listed is about the payment: it may be the payer, the method or a rule
 * of the schemes, and asking another account the same would be going around a no.
 */
export function subjectOfRefusal({ code }: Pick<Refused, 'code'>): 'account' | 'misfit' | 'payment' {
  if (ACCOUNT_CODES.has(code)) return 'account';
  return MISFIT_CODES.has(code) ? 'misfit' : 'payment';
}
