import type { Mode } from '../kernel/caller.ts';

/** A field of the credentials that does not fit the account's mode, and the rule, which never quotes the field. */
export interface ModeFault {
  readonly field: string;
  readonly rule: string;
}

/** Of a provider with one address of its own: another one leads to a simulator, which has no place in live mode. */
export function simulatorFaults(
  credentials: { readonly apiUrl?: string | undefined },
  mode: Mode,
): readonly ModeFault[] {
  if (mode !== 'live' || credentials.apiUrl === undefined) return [];
  return [{ field: 'apiUrl', rule: 'Must be left out in live mode' }];
}
