import { toDecimal } from '../kernel/money.ts';
import { safeText } from '../provider-accounts/sanitize-call.ts';
import type { TimelineEntry } from './api.ts';
import { describeSignal } from './describe-signal.ts';
import type { TimelineRow } from './store.ts';

/** A row as the timeline shows it, with a sentence for people. `currency` is the payment's. */
export function describeEntry(row: TimelineRow, currency: string): TimelineEntry {
  const { id } = row;
  const at = row.at.toString();
  switch (row.type) {
    case 'signal': {
      const { facts } = row;
      const detail = safeDetail(facts.detail, currency);
      return {
        id,
        at,
        type: 'signal',
        summary: describeSignal({ ...facts, detail }, currency),
        source: facts.source as SignalEntry['source'],
        kind: facts.kind,
        outcome: facts.outcome as SignalEntry['outcome'],
        note: facts.note,
        attemptId: facts.attempt_id,
        subjectId: facts.subject_id,
        version: facts.payment_version,
        detail,
      };
    }
    case 'provider_call': {
      const { provider_account_id: providerAccountId, attempt_id: attemptId, duration_ms: durationMs } = row.facts;
      const { operation, request, answer } = row.facts;
      const outcome = row.facts.outcome as CallEntry['outcome'];
      const summary = describeCall(operation, outcome, request, answer, durationMs);
      const ids = { providerAccountId, attemptId };
      return { id, at, type: 'provider_call', summary, ...ids, operation, outcome, durationMs, request, answer };
    }
    case 'inbound': {
      const { provider, provider_account_id: providerAccountId, verdict, state } = row.facts;
      const outcome = row.facts.outcome === null ? null : safeText(row.facts.outcome);
      const summary = describeInbound(provider, verdict, state);
      return { id, at, type: 'inbound', summary, provider, providerAccountId, verdict, state, outcome };
    }
    case 'event': {
      const eventType = row.facts.event_type as EventEntry['eventType'];
      return { id, at, type: 'event', summary: `The event ${eventType} was made for the tenant.`, eventType };
    }
    case 'delivery_attempt': {
      const { delivery_id: deliveryId, event_id: eventId, event_type: eventType, endpoint_id: endpointId } = row.facts;
      const { number, status_code: statusCode, duration_ms: durationMs } = row.facts;
      const outcome = row.facts.outcome as DeliveryEntry['outcome'];
      const ids = { deliveryId, eventId, eventType, endpointId };
      const summary = describeDelivery({ number, eventType, outcome, statusCode });
      return { id, at, type: 'delivery_attempt', summary, ...ids, number, outcome, statusCode, durationMs };
    }
    case 'ack_deadline': {
      const { deadline_id: deadlineId, endpoint_id: endpointId, number, state: status, note } = row.facts;
      const summary = `The deadline for acknowledging it is ${status}: ${note}.`;
      return { id, at, type: 'ack_deadline', summary, deadlineId, endpointId, number, status };
    }
  }
}

type SignalEntry = Extract<TimelineEntry, { type: 'signal' }>;
type CallEntry = Extract<TimelineEntry, { type: 'provider_call' }>;
type EventEntry = Extract<TimelineEntry, { type: 'event' }>;
type DeliveryEntry = Extract<TimelineEntry, { type: 'delivery_attempt' }>;

const SUMS = new Set(['amount', 'withdrawn', 'reinstated']);

/** Sums are stored as text and told as integers; whatever a stranger wrote is cut and cleaned. */
function safeDetail(detail: Readonly<Record<string, unknown>>, currency: string): Readonly<Record<string, unknown>> {
  const safe = Object.entries(detail).map(([name, value]) => {
    if (typeof value !== 'string') return [name, value];
    if (SUMS.has(name)) return [name, Number(value)];
    return [name, name === 'message' || name === 'reason' ? safeText(value) : value];
  });
  return { ...('amount' in detail ? { currency } : {}), ...Object.fromEntries(safe) };
}

const OPERATIONS: Readonly<Record<string, string>> = {
  create: 'start the attempt',
  complete: 'complete the attempt',
  retrieve: 'say where the attempt stands',
  cancel: 'cancel the attempt',
  capture: 'capture money',
  release: 'release the authorization',
  refund: 'refund money',
  reverse: 'reverse the capture',
  submitEvidence: 'take evidence for a dispute',
};

function describeCall(
  operation: string,
  outcome: CallEntry['outcome'],
  request: Readonly<Record<string, unknown>>,
  answer: Readonly<Record<string, unknown>>,
  durationMs: number,
): string {
  const asked = `The provider was asked to ${OPERATIONS[operation] ?? operation}${sumOf(request)}`;
  const after = `after ${durationMs} ms`;
  switch (outcome) {
    case 'answered':
      return `${asked} and answered “${words(answer.state)}” ${after}.`;
    case 'not_found':
      return `${asked} and answered ${after} that it does not know it.`;
    case 'refused':
      return `${asked} and refused ${after} (${String(answer.code)}).`;
    case 'not_sent':
      return `${asked}, but the request never reached it.`;
    case 'unknown':
      return `${asked}; ${after} it was not known what came of it.`;
    case 'failed':
      return `${asked}, but its adapter broke ${after}.`;
  }
}

function sumOf({ amount, currency }: Readonly<Record<string, unknown>>): string {
  if (typeof amount !== 'number' || typeof currency !== 'string') return '';
  return ` (${toDecimal({ amount: BigInt(amount), currency })} ${currency})`;
}

const INBOUND_STATES: Readonly<Record<string, string>> = {
  pending: 'and waits to be applied',
  applied: 'and was applied',
  quarantined: 'and was set aside, because it contradicts what is known',
  unmatched: 'and was set aside, because it names nothing that is known',
  failed: 'and could not be applied',
};

function describeInbound(provider: string, verdict: string, state: string | null): string {
  const came = `A notification of ${provider} came in (${words(verdict)})`;
  return `${came}${state === null ? '' : ` ${INBOUND_STATES[state] ?? state}`}.`;
}

function describeDelivery(its: Pick<DeliveryEntry, 'number' | 'eventType' | 'outcome' | 'statusCode'>): string {
  const told = `Try ${its.number} to deliver ${its.eventType}`;
  switch (its.outcome) {
    case 'acknowledged':
      return `${told} was acknowledged with HTTP ${its.statusCode}.`;
    case 'refused':
      return `${told} was answered with HTTP ${its.statusCode}, which is no acknowledgment.`;
    case 'lost':
      return `${told} was sent and got no answer.`;
    case 'not_sent':
      return `${told} could not be sent.`;
  }
}

function words(code: unknown): string {
  return String(code).replaceAll('_', ' ');
}
