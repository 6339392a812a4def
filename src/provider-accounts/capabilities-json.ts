import type { Capabilities } from '../providers/provider-capabilities.ts';
import type { ProviderAnswer } from './api.ts';

/** What a provider or one of its accounts can do, as the API shows it. */
export function capabilitiesJson(capabilities: Capabilities): ProviderAnswer['capabilities'] {
  const { modes, currencies, nextActions, retrieveBy, forwards } = capabilities;
  return {
    ...capabilities,
    modes: [...modes],
    currencies: currencies === 'any' ? 'any' : [...currencies],
    nextActions: [...nextActions],
    retrieveBy: [...retrieveBy],
    forwards: [...forwards],
  };
}
