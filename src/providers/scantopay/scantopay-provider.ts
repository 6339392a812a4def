import type { CredentialsAnswer, PaymentProvider } from '../provider.ts';
import { declareCapabilities } from '../provider-capabilities.ts';
import { simulatorFaults } from '../provider-mode-faults.ts';
import { createAtScantopay } from './create-at-scantopay.ts';
import { parseScantopayWebhook } from './parse-scantopay-webhook.ts';
import { cancelAtScantopay, retrieveFromScantopay } from './retrieve-from-scantopay.ts';
import { refundAtScantopay, reverseAtScantopay } from './return-scantopay-money.ts';
import { askScantopay, type ScantopayCall, type ScantopayLine } from './scantopay-client.ts';
import { type ScantopayCredentials, scantopayCredentials } from './scantopay-credentials.ts';
import { scantopayMethod } from './scantopay-method.ts';

const CAPABILITIES = declareCapabilities({
  modes: ['test', 'live'],
  // Of an account: the one its credentials name.
  currencies: 'any',
  nextActions: ['qr', 'redirect', 'deep_link'],
  capture: false,
  release: false,
  // The provider refunds parts too, but has no key for it: a repeat of a part would be paid twice.
  refund: { partial: false, multiple: false },
  reversal: true,
  evidence: false,
  cancel: true,
  complete: false,
  retrieveBy: ['providerRef'],
  forwards: ['description', 'terminalId', 'mcc', 'subMerchantName', 'rrn2'],
  unacknowledged: 'reverses',
  settlement: false,
});

export interface ScantopayProviderOptions {
  /** Milliseconds for one exchange. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** The adapter of Scan to Pay: translates between the gateway's contract and the provider's wire, and decides nothing. */
export function createScantopayProvider(options: ScantopayProviderOptions = {}): PaymentProvider<ScantopayCredentials> {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const line = (call: ScantopayCall): ScantopayLine => ({ call, timeoutMs });
  return {
    id: 'scantopay',
    displayName: 'Scan to Pay',
    capabilities: CAPABILITIES,
    limits: ({ currency }) => ({ currencies: [currency] }),
    credentials: scantopayCredentials,
    modeFaults: simulatorFaults,
    method: scantopayMethod,
    create: (call, input) => createAtScantopay(line(call), input),
    retrieve: (call, attempt) => retrieveFromScantopay(line(call), attempt),
    cancel: (call, attempt) => cancelAtScantopay(line(call), attempt),
    refund: (call, input) => refundAtScantopay(line(call), input),
    reverse: (call, input) => reverseAtScantopay(line(call), input),
    checkCredentials: (call) => checkCredentials(line(call)),
    parseWebhook: async (call, request) => parseScantopayWebhook(call, request),
  };
}

/** Asks for a code that nobody has: who is told that there is none is known there. */
async function checkCredentials(line: ScantopayLine): Promise<CredentialsAnswer> {
  const reply = await askScantopay(line, { method: 'GET', path: '/pluto/code/0000000000' });
  const isKnown = reply.kind === 'ok' || (reply.kind === 'refused' && reply.code === 'code_not_found');
  return isKnown ? { kind: 'accepted' } : reply;
}
