import type { PaymentProvider } from './provider.ts';
import type { Capabilities } from './provider-capabilities.ts';

/**
 * What an account with these credentials can do: the provider's capabilities, less what `limits` takes away. Whatever
 * `limits` says, it never adds anything.
 */
export function accountCapabilities<Credentials>(
  provider: PaymentProvider<Credentials>,
  credentials: Credentials,
): Capabilities {
  const whole = provider.capabilities;
  const less = provider.limits?.(credentials) ?? {};
  const both = (name: 'release' | 'reversal' | 'evidence' | 'cancel' | 'complete' | 'settlement'): boolean =>
    whole[name] && less[name] !== false;
  return {
    modes: common(whole.modes, less.modes),
    currencies: commonCurrencies(whole.currencies, less.currencies),
    nextActions: common(whole.nextActions, less.nextActions),
    capture: commonAmounts(whole.capture, less.capture),
    release: both('release'),
    refund: commonAmounts(whole.refund, less.refund),
    reversal: both('reversal'),
    evidence: both('evidence'),
    cancel: both('cancel'),
    complete: both('complete'),
    retrieveBy: common(whole.retrieveBy, less.retrieveBy),
    forwards: common(whole.forwards, less.forwards),
    // A habit and no ability: the account's own counts.
    unacknowledged: less.unacknowledged ?? whole.unacknowledged,
    settlement: both('settlement'),
  };
}

/** Of providers whose accounts are all alike: every call opens its account, and there is nothing to find out anew. */
const unlimited = new WeakMap<object, unknown>();

/** The provider as an account with these credentials sees it: what it cannot do is a method that does not exist. */
export function providerOfAccount<Credentials>(
  provider: PaymentProvider<Credentials>,
  credentials: Credentials,
): PaymentProvider<Credentials> {
  if (provider.limits !== undefined) return limitedTo(provider, accountCapabilities(provider, credentials));
  const known = unlimited.get(provider) as PaymentProvider<Credentials> | undefined;
  if (known !== undefined) return known;
  const whole = limitedTo(provider, provider.capabilities);
  unlimited.set(provider, whole);
  return whole;
}

function limitedTo<Credentials>(
  provider: PaymentProvider<Credentials>,
  capabilities: Capabilities,
): PaymentProvider<Credentials> {
  const able: Partial<Record<keyof PaymentProvider, boolean>> = {
    capture: capabilities.capture !== false,
    release: capabilities.release,
    refund: capabilities.refund !== false,
    reverse: capabilities.reversal,
    submitEvidence: capabilities.evidence,
    cancel: capabilities.cancel,
    complete: capabilities.complete,
    listSettlement: capabilities.settlement,
  };
  const members = Object.entries({ ...provider, capabilities }).filter(
    ([name]) => able[name as keyof PaymentProvider] !== false,
  );
  return Object.fromEntries(members) as unknown as PaymentProvider<Credentials>;
}

function common<One>(whole: readonly One[], less: readonly One[] | undefined): readonly One[] {
  return less === undefined ? whole : whole.filter((one) => less.includes(one));
}

function commonCurrencies(
  whole: Capabilities['currencies'],
  less: Capabilities['currencies'] | undefined,
): Capabilities['currencies'] {
  if (less === undefined || less === 'any') return whole;
  return whole === 'any' ? less : common(whole, less);
}

type Amounts = Capabilities['refund'];

function commonAmounts(whole: Amounts, less: Amounts | undefined): Amounts {
  if (whole === false || less === false) return false;
  if (less === undefined) return whole;
  return { partial: whole.partial && less.partial, multiple: whole.multiple && less.multiple };
}
