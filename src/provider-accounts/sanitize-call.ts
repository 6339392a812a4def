import { findCardNumber } from '../kernel/card-number.ts';
import { amountToJson, type Money } from '../kernel/money.ts';
import type {
  AttemptReport,
  CaptureAnswer,
  CreateAnswer,
  RefundAnswer,
  RetrieveAnswer,
  ReversalAnswer,
} from '../providers/provider.ts';
import type { EvidenceAnswer } from '../providers/provider-evidence.ts';

/** What a provider method may be given, seen as fields of which a few are kept. */
export type CallInput = Readonly<Record<string, unknown>> & { readonly attemptId: string };
export type CallAnswer = CreateAnswer | RetrieveAnswer | CaptureAnswer | RefundAnswer | ReversalAnswer | EvidenceAnswer;
type Kept = Readonly<Record<string, unknown>>;

const TEXT_LENGTH_MAX = 200;
/** Reports of one kind in one record; an attempt has rarely more than a handful. */
const REPORTS_MAX = 20;
/** Shorter ones turn up in sentences by chance. */
const SECRET_LENGTH_MIN = 6;
const MASK = '[masked]';

/** A list of what is kept, so that a field that is added to the contract stays out until somebody lets it in. */
const REQUEST_FIELDS = [
  'providerRef',
  'chargeRef',
  'captureId',
  'refundId',
  'reversalId',
  'disputeRef',
  'evidenceKey',
  'captureMethod',
  'final',
] as const;

/** What of a request may be kept: ids, sums and choices; no method, address, text or person. */
export function keptRequest(input: CallInput): Kept {
  const kept: Record<string, unknown> = {};
  for (const name of REQUEST_FIELDS) if (input[name] !== undefined) kept[name] = input[name];
  return isMoney(input.amount) ? { ...kept, ...moneyJson(input.amount) } : kept;
}

/** What of an answer may be kept. Texts are cut, and what was secret in the call is masked where it comes back. */
export function keptAnswer(answer: CallAnswer, secrets: readonly string[]): Kept {
  const text = (value: string): string => safeText(value, secrets);
  switch (answer.kind) {
    case 'not_found':
      return {};
    case 'refused':
      return { code: text(answer.code), message: text(answer.message) };
    case 'not_sent':
    case 'unknown':
      return { reason: text(answer.reason) };
    case 'answered':
      return keptReports(answer, text);
  }
}

function keptReports(answer: CallAnswer & { readonly kind: 'answered' }, text: (value: string) => string): Kept {
  const operation = (one: Operation) => keptOperation(one, text);
  if ('capture' in answer) return operation(answer.capture);
  if ('refund' in answer) return operation(answer.refund);
  if ('reversal' in answer) return operation(answer.reversal);
  if ('dispute' in answer) return operation(answer.dispute);
  // A name among names: as the attempt's row has it, or it could not be found again.
  const attempt = { providerRef: answer.providerRef, ...keptReport(answer.report, text) };
  if (!('captures' in answer)) return attempt;
  const { captures, refunds, reversals, disputes } = answer;
  const lists = { captures, refunds, reversals, disputes };
  const told = Object.entries(lists).filter(([, reports]) => reports.length > 0);
  return {
    ...attempt,
    ...Object.fromEntries(told.map(([name, reports]) => [name, reports.slice(0, REPORTS_MAX).map(operation)])),
  };
}

interface Operation {
  readonly providerRef: string;
  readonly amount: Money;
  readonly state: string;
  readonly failureCode?: string;
}

function keptOperation({ providerRef, amount, state, failureCode }: Operation, text: (value: string) => string): Kept {
  const failure = failureCode === undefined ? {} : { failureCode: text(failureCode) };
  return { providerRef, state, ...moneyJson(amount), ...failure };
}

function keptReport(report: AttemptReport, text: (value: string) => string): Kept {
  const { state } = report;
  switch (state) {
    case 'requires_action':
      // Where the shopper goes next may open the payment for whoever has it.
      return { state, nextAction: report.nextAction.type };
    case 'authorized':
    case 'captured':
      return {
        state,
        ...moneyJson(report.amount),
        ...(report.chargeRef === undefined ? {} : { chargeRef: report.chargeRef }),
      };
    case 'declined': {
      const { reason, providerCode, message } = report.decline;
      return {
        state,
        reason,
        ...(providerCode === undefined ? {} : { code: text(providerCode) }),
        ...(message === undefined ? {} : { message: text(message) }),
      };
    }
    default:
      return { state };
  }
}

/** Every text of some length within a value, the longest first, so that none is masked in part. */
export function secretsIn(...values: readonly unknown[]): readonly string[] {
  const found = new Set<string>();
  const waiting = [...values];
  for (let value = waiting.pop(); value !== undefined || waiting.length > 0; value = waiting.pop()) {
    if (typeof value === 'string' && value.length >= SECRET_LENGTH_MIN) found.add(value);
    else if (typeof value === 'object' && value !== null) waiting.push(...Object.values(value));
  }
  return [...found].sort((a, b) => b.length - a.length);
}

/** A stranger's text as it may be kept and shown: cut, without the given secrets, card numbers and mail addresses. */
export function safeText(text: string, secrets: readonly string[] = []): string {
  // Cut only after masking: half a secret would be told otherwise. Far longer texts are cut first, to bound the work.
  let safe = text.slice(0, TEXT_LENGTH_MAX * 50).replace(/\p{Cc}/gu, ' ');
  for (const secret of secrets) safe = safe.replaceAll(secret, MASK);
  if (findCardNumber(safe)) return MASK;
  safe = safe.replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;]+/g, MASK);
  return safe.length > TEXT_LENGTH_MAX ? `${safe.slice(0, TEXT_LENGTH_MAX)}…` : safe;
}

function isMoney(value: unknown): value is Money {
  return typeof value === 'object' && value !== null && 'amount' in value && typeof value.amount === 'bigint';
}

function moneyJson({ amount, currency }: Money): { readonly amount: number; readonly currency: string } {
  return { amount: amountToJson(amount), currency };
}
