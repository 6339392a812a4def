import { present } from '../../../kernel/assert.ts';
import { newId } from '../../../kernel/id.ts';
import type { Money } from '../../../kernel/money.ts';
import type { OutboundHttp, OutboundOutcome, OutboundRequest } from '../../../platform/outbound-http.ts';
import type { PartnerProfile } from '../../partner-profiles/profile.ts';
import type { Values } from '../../partner-profiles/read-message.ts';
import type { CreateInput, PaymentProvider } from '../../provider.ts';
import type { CertificationSurroundings } from '../../provider-certification.ts';
import type { Operation, PartnerCall } from '../partner-client.ts';
import type { PartnerCredentials } from '../partner-credentials.ts';
import { exchangeStep } from './evidence.ts';
import { type Exchange, type ReadExchange, readExchange } from './exchange.ts';
import type { Findings } from './findings.ts';

/** An order that a case made at the partner. */
export interface StagedOrder {
  readonly input: CreateInput;
  readonly orderId: string;
  readonly providerRef: string;
  /** What the shopper is given, as the partner said it. */
  readonly redirectUrl: string | null;
  readonly qrPayload: string | null;
}

/** What the cases of one run share. */
export interface Stage {
  readonly provider: PaymentProvider<PartnerCredentials>;
  /** With the current credentials alone: a request must not be repeated under the key before a rotation. */
  readonly call: PartnerCall;
  readonly profile: PartnerProfile;
  readonly around: CertificationSurroundings;
  /** Every exchange with the partner's interface, in the order in which they began. */
  readonly exchanges: Exchange[];
  /** By the part that they play. */
  readonly orders: Map<'first' | 'paid' | 'stuck', StagedOrder>;
  /** What each order was made with, by order id. */
  readonly asked: Map<string, Money>;
  /** What was asked to be given back, by refund id. */
  readonly refunds: Map<string, Money>;
  /** Whether the order of each part was given back whole. */
  readonly givenBack: Set<string>;
}

export interface Asking {
  readonly operation: Operation;
  readonly title: string;
  readonly orderId: string;
  /** Changes the request after the adapter has signed it. */
  readonly alter?: (request: OutboundRequest) => OutboundRequest;
  /** Questions that are repeated while something is waited for leave only their last one in the evidence. */
  readonly isQuiet?: boolean;
  /** How far the clock by which the request is stamped is off. */
  readonly skewSeconds?: number;
}

export interface Asked<Answer> {
  /** What the adapter made of it. */
  readonly answer: Answer;
  readonly read: ReadExchange;
  readonly exchange: Exchange | null;
}

const NOTHING_SENT: ReadExchange = {
  ...{ said: 'nothing was sent', status: null, message: null, members: null, values: {}, means: null },
  ...{ isOk: false, isRefused: false, verdict: null },
};

/** Has the adapter ask the partner something, and keeps what went over the line. */
export async function ask<Answer>(
  stage: Stage,
  found: Findings,
  asking: Asking,
  work: (call: PartnerCall) => Promise<Answer>,
): Promise<Asked<Answer>> {
  const { call, profile } = stage;
  const kept: Exchange[] = [];
  const http: OutboundHttp = {
    async send(request) {
      const altered = asking.alter?.(request) ?? request;
      const at = call.clock.now();
      const outcome: OutboundOutcome = await call.http.send(altered);
      const { title, operation, orderId } = asking;
      const { caseId } = found;
      kept.push({ caseId, title, operation, orderId, at, request: altered, outcome, isAltered: altered !== request });
      return outcome;
    },
  };
  const { skewSeconds = 0 } = asking;
  const clock = skewSeconds === 0 ? call.clock : { now: () => call.clock.now().add({ seconds: skewSeconds }) };
  const answer = await work({ ...call, http, clock });
  stage.exchanges.push(...kept);
  const exchange = kept.at(-1) ?? null;
  if (exchange === null) return { answer, exchange, read: { ...NOTHING_SENT, said: unsentBecause(answer) } };
  if (asking.isQuiet !== true) found.evidence.push(exchangeStep(call, exchange));
  return { answer, exchange, read: readExchange(profile, call.credentials, exchange) };
}

/** Why the adapter sent nothing, in its words. */
function unsentBecause(answer: unknown): string {
  const { message, reason } = Object(answer) as { readonly message?: unknown; readonly reason?: unknown };
  return `nothing, since nothing was sent (${String(message ?? reason ?? 'the adapter refused')})`;
}

/** What a new order asks for; its id is made here and never again. */
export function newInput(stage: Stage, changes: Partial<CreateInput> = {}): CreateInput {
  const { call, around } = stage;
  const attemptId = newId('att', call.clock);
  return {
    attemptId,
    amount: around.money,
    captureMethod: 'automatic',
    method: undefined,
    returnUrl: around.returnUrl,
    notificationUrl: around.inbox?.url ?? around.unheardUrl,
    expiresAt: call.clock.now().add({ minutes: 15 }),
    description: `Certification ${attemptId.slice(-6)}`,
    ...changes,
  };
}

/** Asks the partner to create a payment. */
export function askCreate(stage: Stage, found: Findings, input: CreateInput, more: Partial<Asking> = {}) {
  const asking = { operation: 'create', title: 'Create a payment', orderId: input.attemptId, ...more } as const;
  if (!stage.asked.has(input.attemptId)) stage.asked.set(input.attemptId, input.amount);
  return ask(stage, found, asking, (call) => stage.provider.create(call, input));
}

/** Asks the partner where an order stands. */
export function askQuery(stage: Stage, found: Findings, orderId: string, more: Partial<Asking> = {}) {
  const asking = { operation: 'query', title: 'Ask where the order stands', orderId, ...more } as const;
  return ask(stage, found, asking, (call) => stage.provider.retrieve(call, { attemptId: orderId }));
}

/** Asks the partner to give back an amount of an order. */
export function askRefund(
  stage: Stage,
  found: Findings,
  order: StagedOrder,
  refund: { readonly refundId: string; readonly amount: Money },
  more: Partial<Asking> = {},
) {
  const { orderId, providerRef, input } = order;
  const { notificationUrl } = input;
  const asking = { operation: 'refund', title: 'Refund', orderId, ...more } as const;
  if (!stage.refunds.has(refund.refundId)) stage.refunds.set(refund.refundId, refund.amount);
  const named = stage.profile.reference === 'orderId' ? {} : { providerRef };
  const send = present(stage.provider.refund, 'refunds').bind(stage.provider);
  return ask(stage, found, asking, (call) => send(call, { attemptId: orderId, ...named, notificationUrl, ...refund }));
}

/**
 * An order for the case to work on. Lenient: whether the answer is all that it must be is the first case's business.
 * @throws Halt where the partner made none
 */
export async function stageOrder(
  stage: Stage,
  found: Findings,
  changes: Partial<CreateInput> = {},
): Promise<StagedOrder> {
  const input = newInput(stage, changes);
  const { read } = await askCreate(stage, found, input);
  const order = orderOf(stage, input, read);
  return order ?? found.halt('not_run', `No payment could be created for it: ${read.said}.`);
}

/** The order that an answer speaks of; null where it speaks of none. */
export function orderOf({ profile }: Stage, input: CreateInput, { isOk, values }: ReadExchange): StagedOrder | null {
  const orderId = input.attemptId;
  const providerRef = profile.reference === 'orderId' ? orderId : textOf(values, 'providerRef');
  if (!isOk || providerRef === null) return null;
  const [redirectUrl, qrPayload] = [textOf(values, 'redirectUrl'), textOf(values, 'qrPayload')];
  return { input, orderId, providerRef, redirectUrl, qrPayload };
}

/** A value that is text. */
export function textOf(values: Values, meaning: keyof Values): string | null {
  const value = values[meaning];
  return typeof value === 'string' ? value : null;
}
