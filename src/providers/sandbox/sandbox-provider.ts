import { amountToJson, type Money } from '../../kernel/money.ts';
import type {
  AttemptRef,
  CreateAnswer,
  CreateInput,
  CredentialsAnswer,
  PaymentProvider,
  RetrieveAnswer,
  Unknown,
} from '../provider.ts';
import { declareCapabilities } from '../provider-capabilities.ts';
import { unknown } from '../read-answer.ts';
import { describeSandboxWebhook } from './describe-sandbox-webhook.ts';
import { captureAtSandbox, refundAtSandbox, reverseAtSandbox, submitEvidenceToSandbox } from './move-sandbox-money.ts';
import { parseSandboxWebhook } from './parse-sandbox-webhook.ts';
import { askSandbox, chargePath, type SandboxAddress, type SandboxCall, type SandboxReply } from './sandbox-client.ts';
import { type SandboxCredentials, sandboxCredentials } from './sandbox-credentials.ts';
import { sandboxMethod } from './sandbox-method.ts';
import {
  captureReportOf,
  disputeReportOf,
  isConsistent,
  refundReportOf,
  reportOf,
  reversalReportOf,
} from './sandbox-reports.ts';
import { wireCharge } from './sandbox-wire.ts';

const CAPABILITIES = declareCapabilities({
  modes: ['test'],
  currencies: 'any',
  nextActions: ['redirect', 'qr'],
  capture: { partial: true, multiple: true },
  release: true,
  refund: { partial: true, multiple: true },
  reversal: true,
  evidence: true,
  cancel: true,
  complete: false,
  retrieveBy: ['attemptId'],
  forwards: ['description'],
  unacknowledged: 'repeats',
  settlement: false,
});

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
    method: sandboxMethod,
    create: (call, input) => create(address, call, input),
    retrieve: (call, attempt) => retrieve(address, call, attempt),
    cancel: (call, attempt) => cancel(address, call, attempt),
    capture: (call, input) => captureAtSandbox(address, call, input),
    release: (call, attempt) => release(address, call, attempt),
    refund: (call, input) => refundAtSandbox(address, call, input),
    reverse: (call, input) => reverseAtSandbox(address, call, input),
    submitEvidence: (call, input) => submitEvidenceToSandbox(address, call, input),
    checkCredentials: (call) => checkCredentials(address, call),
    parseWebhook: async (call, request) => parseSandboxWebhook(call, request),
    describeWebhook: describeSandboxWebhook,
  };
}

async function create(address: SandboxAddress, call: SandboxCall, input: CreateInput): Promise<CreateAnswer> {
  const chosen = sandboxMethod.safeParse(input.method);
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

async function cancel(address: SandboxAddress, call: SandboxCall, attempt: AttemptRef): Promise<CreateAnswer> {
  const path = `${chargePath(attempt.attemptId)}/cancel`;
  const reply = await askSandbox(address, call, { method: 'POST', path, body: {} });
  return chargeAnswer(call, reply, attempt, null);
}

/** Gives back what is left of an authorization; an answer that leaves it standing is none. */
async function release(address: SandboxAddress, call: SandboxCall, attempt: AttemptRef): Promise<CreateAnswer> {
  const path = `${chargePath(attempt.attemptId)}/cancel`;
  const reply = await askSandbox(address, call, { method: 'POST', path, body: { releaseAuthorization: true } });
  const answer = chargeAnswer(call, reply, attempt, null);
  if (answer.kind !== 'answered') return answer;
  const { state } = answer.report;
  return state === 'captured' || state === 'canceled' ? answer : unknown(`the charge is ${state} after a release`);
}

async function retrieve(address: SandboxAddress, call: SandboxCall, attempt: AttemptRef): Promise<RetrieveAnswer> {
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

function chargeAnswer(call: SandboxCall, reply: SandboxReply, attempt: AttemptRef, amount: Money | null): CreateAnswer {
  if (reply.kind !== 'ok') return reply;
  const read = readCharge(call, reply.body, attempt, amount);
  if (read.kind === 'unknown') return read;
  return { kind: 'answered', providerRef: read.providerRef, report: read.report };
}

type ReadCharge = Omit<Extract<RetrieveAnswer, { kind: 'answered' }>, 'kind'> & { readonly kind: 'read' };

/** An answer counts only if it is whole, consistent, and about the charge that was asked for. */
function readCharge(call: SandboxCall, body: unknown, attempt: AttemptRef, amount: Money | null): ReadCharge | Unknown {
  const parsed = wireCharge.safeParse(body);
  if (!parsed.success) return unknown('the answer is no charge');
  const charge = parsed.data;
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
  if (report === null || !isConsistent(charge)) return unknown('the answer contradicts itself');
  return {
    ...{ kind: 'read', providerRef: charge.id, report },
    captures: charge.captures.map(captureReportOf),
    refunds: charge.refunds.map(refundReportOf),
    reversals: charge.reversals.map(reversalReportOf),
    disputes: charge.disputes.map(disputeReportOf),
  };
}

/** Asks for the account's totals, which moves nothing and opens the account where it is new. */
async function checkCredentials(address: SandboxAddress, call: SandboxCall): Promise<CredentialsAnswer> {
  const reply = await askSandbox(address, call, { method: 'GET', path: '/v1/charges' });
  return reply.kind === 'ok' ? { kind: 'accepted' } : reply;
}
