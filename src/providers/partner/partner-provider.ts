import type { PartnerProfile } from '../partner-profiles/profile.ts';
import type { Values } from '../partner-profiles/read-message.ts';
import { amountToWire } from '../partner-profiles/wire-amount.ts';
import { instantFromWire, instantToWire } from '../partner-profiles/wire-instant.ts';
import type {
  AttemptRef,
  CreateAnswer,
  CreateInput,
  CredentialsAnswer,
  NotSent,
  PaymentProvider,
  RefundAnswer,
  RefundInput,
  Refused,
  RetrieveAnswer,
  Unknown,
} from '../provider.ts';
import { type Capabilities, declareCapabilities } from '../provider-capabilities.ts';
import { refused, unknown } from '../read-answer.ts';
import { certifyPartner } from './certification/certify-partner.ts';
import { describePartnerWebhook } from './describe-partner-webhook.ts';
import { parsePartnerWebhook } from './parse-partner-webhook.ts';
import { askPartner, askPartnerInRotation, type Denial, type PartnerCall } from './partner-client.ts';
import {
  isUsable,
  type PartnerCredentials,
  partnerCredentials,
  partnerModeFaults,
  profileOf,
} from './partner-credentials.ts';
import { partnerMethod } from './partner-method.ts';
import { moneyOf, nextActionOf, refundNamesOf, reportOf, takesCurrency, wordIn } from './partner-reports.ts';

const CAPABILITIES = declareCapabilities({
  modes: ['test', 'live'],
  currencies: 'any',
  nextActions: ['redirect', 'qr'],
  capture: false,
  release: false,
  refund: { partial: true, multiple: true },
  reversal: false,
  evidence: false,
  cancel: false,
  complete: false,
  retrieveBy: ['attemptId'],
  forwards: ['description'],
  unacknowledged: 'repeats',
  settlement: false,
});

/** Of the shape of an attempt's id, and of no attempt: its time is the beginning of 1970. */
const NO_ORDER = `att_${'0'.repeat(26)}`;

export interface PartnerProviderOptions {
  /** Milliseconds for one exchange. */
  readonly timeoutMs?: number;
}

/** The adapter of signed partner gateways: one for all of them, each account working by its profile. */
export function createPartnerProvider(options: PartnerProviderOptions = {}): PaymentProvider<PartnerCredentials> {
  const within = (call: PartnerCall): PartnerCall => ({ ...call, ...options });
  const provider: PaymentProvider<PartnerCredentials> = {
    id: 'partner',
    displayName: 'Partner gateway',
    capabilities: CAPABILITIES,
    limits: (credentials) => limitsOf(profileOf(credentials)),
    credentials: partnerCredentials,
    modeFaults: partnerModeFaults,
    method: partnerMethod,
    create: (call, input) => create(within(call), input),
    retrieve: (call, attempt) => retrieve(within(call), attempt),
    refund: (call, input) => refund(within(call), input),
    checkCredentials: (call) => checkCredentials(within(call)),
    parseWebhook: async (call, request) => parsePartnerWebhook(call, request),
    describeWebhook: describePartnerWebhook,
  };
  return { ...provider, certification: certifyPartner(provider) };
}

const REFUNDS: Readonly<Record<PartnerProfile['refunds'], Capabilities['refund']>> = {
  none: false,
  once: { partial: true, multiple: false },
  many: { partial: true, multiple: true },
};

function limitsOf({ refunds, unacknowledged, messages }: PartnerProfile): Partial<Capabilities> {
  const told = new Set(messages.createAnswer.fields.flatMap((field) => ('means' in field ? field.means : [])));
  return {
    refund: REFUNDS[refunds],
    unacknowledged,
    nextActions: [
      ...(told.has('redirectUrl') ? (['redirect'] as const) : []),
      ...(told.has('qrPayload') ? (['qr'] as const) : []),
    ],
  };
}

async function create(call: PartnerCall, input: CreateInput): Promise<CreateAnswer> {
  if (!partnerMethod.safeParse(input.method).success)
    return refused('invalid_method', 'This is no method of a partner');
  if (input.captureMethod === 'manual') return refused('not_supported', 'Partners take the money at once');
  const profile = profileOf(call.credentials);
  const { attemptId, amount, expiresAt } = input;
  if (!takesCurrency(profile, amount.currency)) return refused('currency_not_supported', 'The partner takes another');
  const wireAmount = amountToWire(profile, amount);
  if (wireAmount === null) return refused('amount_not_expressible', 'The partner takes whole units only');
  const lifetime = Math.floor(call.clock.now().until(expiresAt).total('seconds'));
  const reply = await askPartnerInRotation(call, 'create', {
    orderId: attemptId,
    amount: wireAmount,
    currency: amount.currency,
    description: input.description ?? attemptId,
    returnUrl: input.returnUrl,
    ipnUrl: input.notificationUrl,
    expiresAt: instantToWire(profile, expiresAt),
    expiresIn: Math.max(lifetime, 1),
  });
  // Nobody has seen the page of a payment whose creation is turned away, so a no without a valid signature, which is all
  // that a partner can say where the keys differ, ends nothing that could have been paid.
  if (reply.kind === 'denied' && reply.means === 'invalid_credentials') return refused(reply.code, reply.message);
  if (reply.kind === 'denied') return denialOf(reply);
  return reply.kind === 'ok' ? created(call, profile, input, reply.values) : reply;
}

function created(call: PartnerCall, profile: PartnerProfile, input: CreateInput, values: Values): CreateAnswer {
  const { attemptId } = input;
  if (values.orderId !== undefined && values.orderId !== attemptId) return unknown('the answer is about another order');
  const providerRef = referenceOf(profile, values, attemptId);
  if (providerRef === null) return unknown('the answer has no name for the payment');
  const nextAction = nextActionOf(profile, values, call.mode === 'live');
  if (nextAction === null) return unknown('the answer has no way, or more than one, for the shopper');
  const expiresAt = values.expiresAt === undefined ? input.expiresAt : instantFromWire(values.expiresAt);
  if (expiresAt === null) return unknown('the answer has an unreadable expiry');
  return { kind: 'answered', providerRef, report: { state: 'requires_action', nextAction, expiresAt } };
}

async function retrieve(call: PartnerCall, attempt: AttemptRef): Promise<RetrieveAnswer> {
  const profile = profileOf(call.credentials);
  const reply = await askPartnerInRotation(call, 'query', queryOf(call, profile, attempt));
  if (reply.kind === 'denied') {
    // Without a signature too: all that follows is the creation once more, with the same order id.
    return reply.means === 'not_found' ? { kind: 'not_found' } : unknown(reply.code);
  }
  if (reply.kind !== 'ok') return unknown(reply.kind === 'refused' ? reply.code : reply.reason);
  const { values } = reply;
  if (values.found === 'N') return { kind: 'not_found' };
  if (values.found !== undefined && values.found !== 'Y') return unknown('the answer leaves open whether it exists');
  const { attemptId } = attempt;
  if (values.orderId !== attemptId) return unknown('the answer is about another order');
  if (values.merchantCode !== undefined && values.merchantCode !== call.credentials.merchantCode) {
    return unknown('the answer is about another merchant');
  }
  const providerRef = referenceOf(profile, values, attemptId);
  if (providerRef === null || (attempt.providerRef ?? providerRef) !== providerRef) {
    return unknown('the answer is about another payment');
  }
  const state = wordIn(profile.statuses.query, values.status);
  const amount = moneyOf(profile, values);
  if (state === null) return unknown('the answer has a status that says nothing certain');
  if (amount === null) return unknown('the answer has no readable amount');
  const report = reportOf(state, amount, String(values.status));
  // No answer of a partner names single refunds: they are told by notifications and by repeating the request.
  return { kind: 'answered', providerRef, report, captures: [], refunds: [], reversals: [], disputes: [] };
}

async function refund(call: PartnerCall, input: RefundInput): Promise<RefundAnswer> {
  const profile = profileOf(call.credentials);
  const { attemptId, refundId, amount } = input;
  const wireAmount = amountToWire(profile, amount);
  if (wireAmount === null) return refused('amount_not_expressible', 'The partner takes whole units only');
  const reply = await askPartnerInRotation(call, 'refund', {
    ...queryOf(call, profile, input),
    refundId,
    amount: wireAmount,
    currency: amount.currency,
  });
  if (reply.kind === 'denied') return denialOf(reply);
  if (reply.kind !== 'ok') return reply;
  const { values } = reply;
  const providerRef = referenceOf(profile, values, attemptId);
  if (values.orderId !== attemptId || providerRef !== (input.providerRef ?? providerRef)) {
    return unknown('the answer is about another payment');
  }
  if (values.refundId !== refundId) return unknown('the answer is about another refund');
  const told = moneyOf(profile, values);
  if (told === null || told.amount !== amount.amount || told.currency !== amount.currency) {
    return unknown('the answer has another amount');
  }
  const state = wordIn(profile.statuses.refund, values.status);
  if (state === null) return unknown('the answer has a status that says nothing certain');
  const names = refundNamesOf(providerRef ?? attemptId, refundId);
  const failure = state === 'failed' ? { failureCode: String(values.status) } : {};
  return { kind: 'answered', refund: { ...names, refundId, amount, state, ...failure } };
}

/** Asks for an order that cannot exist: a partner that answers so, signed, knows the merchant and the keys. */
async function checkCredentials(call: PartnerCall): Promise<CredentialsAnswer> {
  if (!isUsable(call.credentials))
    return refused('not_configured', 'The keys are missing, too short or of another kind');
  const reply = await askPartner(call, 'query', queryOf(call, profileOf(call.credentials), { attemptId: NO_ORDER }));
  if (reply.kind === 'ok') return { kind: 'accepted' };
  if (reply.kind !== 'denied') return reply;
  if (reply.means === 'invalid_credentials') return refused(reply.code, reply.message);
  if (reply.means === 'not_found' && reply.proven) return { kind: 'accepted' };
  return denialOf(reply);
}

function queryOf(call: PartnerCall, profile: PartnerProfile, { attemptId, providerRef }: AttemptRef): Values {
  const timestamp = instantToWire(profile, call.clock.now());
  return { orderId: attemptId, timestamp, ...(providerRef === undefined ? {} : { providerRef }) };
}

function referenceOf({ reference }: PartnerProfile, { providerRef }: Values, attemptId: string): string | null {
  if (reference === 'orderId') return attemptId;
  return typeof providerRef === 'string' ? providerRef : null;
}

/** Certain is a no only where it is signed; what exists with other content must be asked about, not given up. */
function denialOf({ means, code, message, proven }: Denial): Refused | NotSent | Unknown {
  if (!proven) return unknown(`a refusal that is not signed as it must be: ${code}`);
  if (means === 'not_executed') return { kind: 'not_sent', reason: code };
  return means === 'exists' || means === 'ok' ? unknown(code) : refused(code, message);
}
