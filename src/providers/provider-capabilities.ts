/** The descriptive half of the contract in provider.ts: what a provider can do and how it behaves. */
import type { Mode } from '../kernel/caller.ts';
import type { NextAction } from './provider.ts';

/**
 * What a provider can do, as data: shown in the panel, read by routing, checked against the methods by a test. What it
 * cannot do is never asked of it: a provider that refunds the whole only is asked for the whole.
 */
export interface Capabilities {
  readonly modes: readonly Mode[];
  readonly currencies: readonly string[] | 'any';
  readonly nextActions: readonly NextAction['type'][];
  /** false: money is taken with the authorization, or not at all. */
  readonly capture: false | { readonly partial: boolean; readonly multiple: boolean };
  /** Whether an authorization, or what is left of it, can be given back. */
  readonly release: boolean;
  readonly refund: false | { readonly partial: boolean; readonly multiple: boolean };
  /** Undoes a whole capture before the provider's cut-off, as if it had never been. */
  readonly reversal: boolean;
  readonly evidence: boolean;
  readonly cancel: boolean;
  /** Whether the shopper's return is followed by a second step of ours. */
  readonly complete: boolean;
  readonly retrieveBy: readonly ('attemptId' | 'providerRef')[];
  /** Which of these it passes on; the others stay with us. */
  readonly forwards: readonly ForwardedField[];
  /** What it does with a notification that nobody acknowledged: sends it again, or takes the payment back. */
  readonly unacknowledged: 'repeats' | 'reverses';
  /** Whether it lists what it has settled. */
  readonly settlement: boolean;
}

export type ForwardedField = 'description' | 'statementDescriptor' | 'terminalId' | 'mcc' | 'subMerchantName' | 'rrn2';

/** Capabilities as they stay: one object is shown to everybody, and nobody may change it. */
export function declareCapabilities(capabilities: Capabilities): Capabilities {
  for (const part of Object.values(capabilities)) Object.freeze(part);
  return Object.freeze(capabilities);
}
