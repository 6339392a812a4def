import { z } from 'zod';
import { amountToJson, type Money } from '../../kernel/money.ts';
import type {
  AttemptRef,
  Capabilities,
  CreateAnswer,
  CreateInput,
  PaymentProvider,
  ProviderCall,
  RefundAnswer,
  RefundInput,
  RetrieveAnswer,
  Unknown,
} from '../provider.ts';
import { parseSandboxWebhook } from './parse-sandbox-webhook.ts';
import { askSandbox, type SandboxAddress, type SandboxReply } from './sandbox-client.ts';
import { type SandboxCredentials, sandboxCredentials } from './sandbox-credentials.ts';
import { belongsTo, refundReportOf, reportOf, wireCharge, wireRefund } from './sandbox-wire.ts';

/** What a shopper or a test may choose; every other amount and token is the sandbox's own business (its README). */
const TOKENS = [
  'tok_approve',
  'tok_authorize_only',
  'tok_decline_insufficient_funds',
  'tok_decline_fraud',
  'tok_redirect',
  'tok_qr',
  'tok_pending_then_approve',
  'tok_pending_then_decline',
  'tok_pending_forever',
  'tok_late_approve',
  'tok_charge_then_timeout',
  'tok_charge_then_502',
  'tok_refuse_connection',
  'tok_ipn_before_answer',
  'tok_duplicate_ipn',
  'tok_reordered_ipn',
  'tok_delayed_ipn',
  'tok_bad_signature_ipn',
  'tok_stale_ipn',
  'tok_no_ipn',
] as const;

const method = z.strictObject({ type: z.literal('sandbox'), token: z.enum(TOKENS) }).optional();

const CAPABILITIES: Capabilities = {
  modes: ['test'],
  currencies: 'any',
  nextActions: ['redirect', 'qr'],
  manualCapture: true,
  refund: { partial: true, multiple: true },
  cancel: true,
  retrieveBy: ['attemptId'],
};

export interface SandboxProviderOptions {
  /** The sandbox's origin; a path in it is not kept. */
  readonly baseUrl: string;
  /** Milliseconds for one exchange, shorter than the sandbox holds an answer that never comes. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** The adapter of the sandbox: translates between the gateway's contract and the sandbox's wire, and decides nothing. */
export function createSandboxProvider(options: SandboxProviderOptions): PaymentProvider<SandboxCredentials> {
  const address: SandboxAddress = { baseUrl: options.baseUrl, timeoutMs: options.timeoutMs ?? TIMEOUT_MS };
  return {
    id: 'sandbox',
    displayName: 'Sandbox',
    capabilities: CAPABILITIES,
    credentials: sandboxCredentials,
    method,
    create: (call, input) => create(address, call, input),
    retrieve: (call, attempt) => retrieve(address, call, attempt),
    cancel: (call, attempt) => cancel(address, call, attempt),
    refund: (call, input) => refund(address, call, input),
    parseWebhook: async (call, request) => parseSandboxWebhook(call, request),
  };
}

type Call = ProviderCall<SandboxCredentials>;

async function create(address: SandboxAddress, call: Call, input: CreateInput): Promise<CreateAnswer> {
  const chosen = method.safeParse(input.method);
  if (!chosen.success) return { kind: 'refused', code: 'invalid_method', message: 'This is no method of the sandbox' };
  const reply = await askSandbox(address, call, {
    method: 'POST',
    path: '/v1/charges',
    body: {
      reference: input.attemptId,
      amount: amountToJson(input.amount.amount),
      currency: input.amount.currency,
      captureMethod: input.captureMethod,
      token: chosen.data?.token,
      description: input.description,
      returnUrl: input.returnUrl,
      notificationUrl: input.notificationUrl,
      expiresAt: input.expiresAt.toString(),
    },
  });
  return chargeAnswer(call, reply, { attemptId: input.attemptId }, input.amount);
}

async function cancel(address: SandboxAddress, call: Call, attempt: AttemptRef): Promise<CreateAnswer> {
  const path = `${chargePath(attempt.attemptId)}/cancel`;
  const reply = await askSandbox(address, call, { method: 'POST', path, body: {} });
  return chargeAnswer(call, reply, attempt, null);
}

async function retrieve(address: SandboxAddress, call: Call, attempt: AttemptRef): Promise<RetrieveAnswer> {
  const reply = await askSandbox(address, call, { method: 'GET', path: chargePath(attempt.attemptId) });
  switch (reply.kind) {
    case 'ok': {
      const read = readCharge(call, reply.body, attempt, null);
      return read.kind === 'unknown' ? read : { ...read, kind: 'answered' };
    }
    case 'refused':
      return reply.code === 'charge_not_found' ? { kind: 'not_found' } : unknown(reply.code);
    default:
      return unknown(reply.reason);
  }
}

async function refund(address: SandboxAddress, call: Call, input: RefundInput): Promise<RefundAnswer> {
  const { amount, currency } = input.amount;
  const reply = await askSandbox(address, call, {
    method: 'POST',
    path: `${chargePath(input.attemptId)}/refunds`,
    body: {
      reference: input.refundId,
      amount: amountToJson(amount),
      currency,
      reason: input.reason,
      notificationUrl: input.notificationUrl,
    },
  });
  if (reply.kind !== 'ok') return reply;
  const parsed = wireRefund.safeParse(reply.body);
  if (!parsed.success) return unknown('the answer is no refund');
  const found = parsed.data;
  if (found.reference !== input.refundId || found.chargeReference !== input.attemptId) {
    return unknown('the answer is about another refund');
  }
  if (input.providerRef !== undefined && found.chargeId !== input.providerRef) {
    return unknown('the answer is about another charge');
  }
  if (found.amount !== amount || found.currency !== currency) return unknown('the answer has another amount');
  return { kind: 'answered', refund: refundReportOf(found) };
}

function chargePath(attemptId: string): string {
  return `/v1/charges/${encodeURIComponent(attemptId)}`;
}

function chargeAnswer(call: Call, reply: SandboxReply, attempt: AttemptRef, amount: Money | null): CreateAnswer {
  if (reply.kind !== 'ok') return reply;
  const read = readCharge(call, reply.body, attempt, amount);
  if (read.kind === 'unknown') return read;
  return { kind: 'answered', providerRef: read.providerRef, report: read.report };
}

type ReadCharge = Omit<Extract<RetrieveAnswer, { kind: 'answered' }>, 'kind'> & { readonly kind: 'read' };

/** An answer counts only if it is whole, consistent, and about the charge that was asked for. */
function readCharge(call: Call, body: unknown, attempt: AttemptRef, amount: Money | null): ReadCharge | Unknown {
  const parsed = wireCharge.safeParse(body);
  if (!parsed.success) return unknown('the answer is no charge');
  const { refunds, ...charge } = parsed.data;
  if (charge.reference !== attempt.attemptId || charge.merchantCode !== call.credentials.merchantCode) {
    return unknown('the answer is about another charge');
  }
  if (attempt.providerRef !== undefined && charge.id !== attempt.providerRef) {
    return unknown('the answer is about another charge');
  }
  if (amount !== null && (charge.amount !== amount.amount || charge.currency !== amount.currency)) {
    return unknown('the answer has another amount');
  }
  const report = reportOf(charge);
  if (report === null || !refunds.every((found) => belongsTo(found, charge))) {
    return unknown('the answer contradicts itself');
  }
  return { kind: 'read', providerRef: charge.id, report, refunds: refunds.map(refundReportOf) };
}

function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}
