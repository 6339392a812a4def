import type { CredentialsAnswer, PaymentProvider, ProviderCall } from '../provider.ts';
import { declareCapabilities } from '../provider-capabilities.ts';
import { simulatorFaults } from '../provider-mode-faults.ts';
import { bluesnapCardFields } from './bluesnap-card-fields.ts';
import { type BluesnapCall, tryCredentials } from './bluesnap-client.ts';
import { type BluesnapCredentials, bluesnapCredentials } from './bluesnap-credentials.ts';
import { bluesnapMethod } from './bluesnap-method.ts';
import { cancelAtBluesnap, completeAtBluesnap, createAtBluesnap } from './charge-at-bluesnap.ts';
import { describeBluesnapWebhook } from './describe-bluesnap-webhook.ts';
import { retrieveFromBluesnap } from './find-bluesnap-transaction.ts';
import { captureAtBluesnap, refundAtBluesnap, releaseAtBluesnap } from './move-bluesnap-money.ts';
import { parseBluesnapWebhook } from './parse-bluesnap-webhook.ts';

const CAPABILITIES = declareCapabilities({
  modes: ['test', 'live'],
  currencies: 'any',
  nextActions: ['client'],
  capture: { partial: true, multiple: false },
  release: true,
  refund: { partial: true, multiple: true },
  reversal: false,
  evidence: false,
  cancel: true,
  complete: true,
  retrieveBy: ['attemptId'],
  forwards: ['statementDescriptor'],
  unacknowledged: 'repeats',
  settlement: false,
});

const TIMEOUT_MS = 10_000;

export interface BluesnapProviderOptions {
  /** Milliseconds for one exchange. */
  readonly timeoutMs?: number;
}

/** The adapter of BlueSnap: translates between the gateway's contract and BlueSnap's Payment API and IPNs, and decides nothing. */
export function createBluesnapProvider(options: BluesnapProviderOptions = {}): PaymentProvider<BluesnapCredentials> {
  const { timeoutMs = TIMEOUT_MS } = options;
  const within = (call: ProviderCall<BluesnapCredentials>): BluesnapCall => ({ ...call, timeoutMs });
  return {
    id: 'bluesnap',
    displayName: 'BlueSnap',
    capabilities: CAPABILITIES,
    credentials: bluesnapCredentials,
    modeFaults: simulatorFaults,
    method: bluesnapMethod,
    cardFields: bluesnapCardFields,
    create: (call, input) => createAtBluesnap(within(call), input),
    complete: (call, input) => completeAtBluesnap(within(call), input),
    retrieve: (call, attempt) => retrieveFromBluesnap(within(call), attempt),
    cancel: (call, attempt) => cancelAtBluesnap(within(call), attempt),
    capture: (call, input) => captureAtBluesnap(within(call), input),
    release: (call, attempt) => releaseAtBluesnap(within(call), attempt),
    refund: (call, input) => refundAtBluesnap(within(call), input),
    checkCredentials: (call) => checkCredentials(within(call)),
    parseWebhook: async (call, request) => parseBluesnapWebhook(call, request),
    describeWebhook: describeBluesnapWebhook,
  };
}

/** Asks for a transaction that cannot exist, which moves nothing. */
async function checkCredentials(call: BluesnapCall): Promise<CredentialsAnswer> {
  const tried = await tryCredentials(call, `/transactions/credentials-check,${call.credentials.merchantId}`);
  return tried === 'taken' ? { kind: 'accepted' } : tried;
}
