import { toDecimal } from '../kernel/money.ts';
import type { SignalKind } from '../payments/signal.ts';
import { routeNote } from '../routing/route-note.ts';

/** What a sentence about a signal is made of. */
interface SignalFacts {
  readonly source: string;
  readonly kind: string;
  readonly outcome: string;
  readonly note: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

const WHO: Readonly<Record<string, string>> = {
  tenant: 'The tenant',
  shopper: 'The shopper',
  provider_answer: 'The provider, in its answer,',
  notification: 'The provider, in a notification,',
  poll: 'The provider, when asked,',
  timer: 'The clock',
  operator: 'The provider, when asked on request,',
};

/** What each kind says, after its source, or as a sentence of its own; `%` stands for the detail. */
const SAYS: Readonly<Record<SignalKind, string>> = {
  attempt_started: 'started an attempt',
  address_given: 'said where the order goes',
  completion_started: 'brought what the shopper’s browser had for the second step',
  attempt_reported: 'reported the attempt as “%”',
  attempt_failed_over: 'turned the account away (%), so that another one took over',
  attempt_not_sent: 'The request never reached the provider, so the attempt counts as no try',
  attempt_refused: 'refused the attempt (%)',
  attempt_unknown: 'It is not known what came of the attempt at the provider',
  cancel_requested: 'asked to cancel the payment',
  expiry_reached: 'The time to pay was over',
  capture_requested: 'asked to capture money',
  capture_reported: 'reported a capture as “%”',
  capture_refused: 'refused a capture (%)',
  capture_unknown: 'It is not known what came of a capture at the provider',
  release_requested: 'asked to give the authorization back',
  release_refused: 'refused to give the authorization back (%)',
  refund_requested: 'asked to refund money',
  refund_reported: 'reported a refund as “%”',
  refund_refused: 'refused a refund (%)',
  refund_unknown: 'It is not known what came of a refund at the provider',
  reversal_requested: 'asked to reverse the capture',
  reversal_reported: 'reported a reversal as “%”',
  reversal_refused: 'refused a reversal (%)',
  reversal_unknown: 'It is not known what came of a reversal at the provider',
  dispute_reported: 'reported a dispute as “%”',
};

const NEVER_REACHED = 'The request never reached the provider, so that another account took over';

/** A signal and what was made of it, as one English sentence. `currency` is the payment's. */
export function describeSignal({ source, kind, outcome, note, detail }: SignalFacts, currency: string): string {
  const never = kind === 'attempt_failed_over' && detail.state === 'not_sent';
  const says = never ? NEVER_REACHED : ((SAYS as Readonly<Record<string, string>>)[kind] ?? kind);
  const said = says.replace('%', words(codeOf(kind, detail) ?? 'no reason given'));
  const { amount } = detail;
  const sum = typeof amount === 'number' ? ` (${toDecimal({ amount: BigInt(amount), currency })} ${currency})` : '';
  const isSentence = /^[A-Z]/.test(says);
  return `${isSentence ? '' : `${WHO[source] ?? source} `}${said}${sum}${wayOf(detail)}${endOf(outcome, note)}`;
}

function codeOf(kind: string, { state, code }: SignalFacts['detail']): unknown {
  return kind === 'attempt_failed_over' ? code : (state ?? code);
}

/** Where an attempt went and why, and who was passed over. */
function wayOf({ route }: SignalFacts['detail']): string {
  const { success, data } = routeNote.safeParse(route);
  // Where there is one account there was nothing to decide.
  if (!success || (data.code === 'only_account' && data.passedOver.length === 0 && !data.isProbe)) return '';
  const others = data.passedOver.map(({ providerAccountId, codes }) => {
    return `${providerAccountId} (${codes.map(words).join(', ')})`;
  });
  const probe = data.isProbe ? ', as a probe' : '';
  const over = others.length === 0 ? '' : `, and not to ${others.join(', ')}`;
  return `: it went to ${data.providerAccountId} (${words(data.code)}${probe})${over}`;
}

function endOf(outcome: string, note: string | null): string {
  const why = note === null ? '' : ` (${words(note)})`;
  switch (outcome) {
    case 'no_change':
      return `, which changed nothing${why}.`;
    case 'quarantined':
      return `, which contradicts what is known and was set aside${why}.`;
    case 'deferred':
      return `, which did not fit yet, so the provider was asked${why}.`;
    default:
      return '.';
  }
}

function words(code: unknown): string {
  return String(code).replaceAll('_', ' ');
}
