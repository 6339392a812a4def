import type { CredentialsAnswer, PaymentProvider } from '../provider.ts';
import { declareCapabilities } from '../provider-capabilities.ts';
import { refused, unknown } from '../read-answer.ts';
import { createStripeAttempt } from './create-stripe-attempt.ts';
import { describeStripeWebhook } from './describe-stripe-webhook.ts';
import { cancelStripeAttempt, releaseAtStripe } from './end-stripe-attempt.ts';
import { listStripeSettlement } from './list-stripe-settlement.ts';
import { captureAtStripe, refundAtStripe } from './move-stripe-money.ts';
import { parseStripeWebhook } from './parse-stripe-webhook.ts';
import { retrieveStripeAttempt } from './retrieve-stripe-attempt.ts';
import { askStripe, type StripeAddress } from './stripe-client.ts';
import { type StripeCall, type StripeCredentials, stripeCredentials, stripeModeFaults } from './stripe-credentials.ts';
import { stripeMethod } from './stripe-method.ts';
import { wireBalance } from './stripe-wire.ts';
import { submitStripeEvidence } from './submit-stripe-evidence.ts';

const CAPABILITIES = declareCapabilities({
  modes: ['live', 'test'],
  currencies: 'any',
  nextActions: ['redirect', 'client'],
  capture: { partial: true, multiple: false },
  release: true,
  refund: { partial: true, multiple: true },
  reversal: false,
  evidence: true,
  cancel: true,
  complete: false,
  retrieveBy: ['providerRef'],
  forwards: ['description', 'statementDescriptor'],
  unacknowledged: 'repeats',
  settlement: true,
});

export interface StripeProviderOptions {
  /** Milliseconds for one exchange. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** The adapter of Stripe: PaymentIntents and Checkout Sessions by its HTTP API. https://docs.stripe.com/api */
export function createStripeProvider(options: StripeProviderOptions = {}): PaymentProvider<StripeCredentials> {
  const address: StripeAddress = { timeoutMs: options.timeoutMs ?? TIMEOUT_MS };
  return {
    id: 'stripe',
    displayName: 'Stripe',
    capabilities: CAPABILITIES,
    credentials: stripeCredentials,
    modeFaults: stripeModeFaults,
    method: stripeMethod,
    create: (call, input) => createStripeAttempt(address, call, input),
    retrieve: (call, attempt) => retrieveStripeAttempt(address, call, attempt),
    cancel: (call, attempt) => cancelStripeAttempt(address, call, attempt),
    capture: (call, input) => captureAtStripe(address, call, input),
    release: (call, attempt) => releaseAtStripe(address, call, attempt),
    refund: (call, input) => refundAtStripe(address, call, input),
    submitEvidence: (call, input) => submitStripeEvidence(address, call, input),
    listSettlement: (call, query) => listStripeSettlement(address, call, query),
    checkCredentials: (call) => checkCredentials(address, call),
    parseWebhook: (call, request) => parseStripeWebhook(address, call, request),
    describeWebhook: describeStripeWebhook,
  };
}

/** Asks for the balance, which moves nothing. https://docs.stripe.com/api/balance/balance_retrieve */
async function checkCredentials(address: StripeAddress, call: StripeCall): Promise<CredentialsAnswer> {
  const reply = await askStripe(address, call, { method: 'GET', path: '/v1/balance' });
  if (reply.kind === 'declined') return unknown('a question was answered with a decline');
  if (reply.kind !== 'ok') return reply;
  const balance = wireBalance.safeParse(reply.body);
  if (!balance.success) return unknown('the answer is no balance');
  if (balance.data.livemode !== (call.mode === 'live')) {
    return refused('invalid_credentials', 'The key is of the other mode');
  }
  return { kind: 'accepted' };
}
