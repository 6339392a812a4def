import type { Money } from '../../../kernel/money.ts';
import type { PartnerProfile } from '../../partner-profiles/profile.ts';
import { membersOf, type Values } from '../../partner-profiles/read-message.ts';
import { textToSign } from '../../partner-profiles/sign-message.ts';
import { amountFromWire } from '../../partner-profiles/wire-amount.ts';
import { jsonOf } from '../../read-answer.ts';
import { onlyCurrencyOf, wordIn } from '../partner-reports.ts';
import { exchangeStep, notificationStep, signsAnswers } from './evidence.ts';
import { looseValues, readExchange } from './exchange.ts';
import type { Findings } from './findings.ts';
import type { Stage } from './stage.ts';
import { isTheirs } from './wait-for-end.ts';

const SHOWN_MAX = 3;
/** Half of what the gateway waits for an answer: beyond it, an ordinary bad day makes outcomes unknown. */
const ANSWER_MS_MAX = 5_000;
/** Cases in which the partner is asked for what it must refuse; what it says of those amounts is judged there. */
const OTHER_AMOUNTS: ReadonlySet<string> = new Set(['create-other-amount', 'refund-too-much']);

/** Every answer of the run to a request that proved itself is signed as the contract has it. */
export async function verifyAnswers(stage: Stage, found: Findings): Promise<void> {
  const { profile, call, exchanges } = stage;
  if (!signsAnswers(profile)) found.doesNotApply('This partner’s answers carry no signature; they stand on TLS alone.');
  const judged = exchanges
    .filter(({ isAltered }) => !isAltered)
    .map((exchange) => ({ exchange, read: readExchange(profile, call.credentials, exchange) }))
    // The first case judges the signatures of creations, and the amounts' own case amounts that cannot be signed.
    .filter(({ read }) => read.message !== null && read.message !== 'createAnswer' && !isAboutAmount(profile, read));
  if (judged.length === 0) found.halt('not_run', 'No answer came that had to be signed.');
  const wrong = judged.filter(({ read }) => read.verdict !== 'valid');
  for (const { exchange } of wrong.slice(0, SHOWN_MAX)) found.evidence.push(exchangeStep(call, exchange));
  const [first] = wrong;
  found.expect(
    `Each of ${judged.length} answers is signed as agreed.`,
    wrong.length === 0,
    `${wrong.length} of ${judged.length} answers are not signed as agreed, the first (${first?.exchange.title ?? ''}): our key finds the signature ${first?.read.verdict ?? 'missing'}.`,
  );
}

function isAboutAmount(profile: PartnerProfile, { message, members }: ReturnType<typeof readExchange>): boolean {
  if (message === null || members === null) return false;
  const signed = textToSign(profile, message, members);
  if (signed.kind === 'text') return false;
  return (
    profile.messages[message]?.fields.some(
      (field) => field.wire === signed.member && 'means' in field && field.means === 'amount',
    ) ?? false
  );
}

interface Told {
  readonly where: string;
  readonly body: string;
  readonly values: Values;
  readonly asked: Money | null;
  readonly show: () => void;
}

/** Amounts are those that were asked for, and are written as agreed: no fractions where whole numbers are meant. */
export async function compareAmounts(stage: Stage, found: Findings): Promise<void> {
  const { profile } = stage;
  const told = [...toldInAnswers(stage, found), ...(await toldInNotifications(stage, found))].filter(
    ({ values }) => values.amount !== undefined,
  );
  if (told.length === 0) found.halt('not_run', 'No answer and no notification told an amount.');
  const wrong = told.filter((one) => !isRight(profile, one));
  for (const one of wrong.slice(0, SHOWN_MAX)) one.show();
  const [first] = wrong;
  found.expect(
    `Each of ${told.length} amounts is what was asked, written as ${WRITTEN[profile.amount]}.`,
    wrong.length === 0,
    `${wrong.length} of ${told.length} amounts are another, or written otherwise; the first, in ${first?.where ?? ''}: ${first === undefined ? '' : literalOf(profile, first)}.`,
  );
}

const WRITTEN: Readonly<Record<PartnerProfile['amount'], string>> = {
  minor_units: 'a whole number of minor units',
  whole_units: 'a whole number of units',
  decimal_string: 'text with the currency’s digits',
};

function toldInAnswers(stage: Stage, found: Findings): readonly Told[] {
  const { profile, call, exchanges } = stage;
  return exchanges.flatMap((exchange) => {
    const { outcome, title, caseId, operation } = exchange;
    if (outcome.kind !== 'answered' || operation === 'create' || exchange.isAltered || OTHER_AMOUNTS.has(caseId))
      return [];
    const { isOk, values } = readExchange(profile, call.credentials, exchange);
    const asked =
      operation === 'refund' ? (stage.refunds.get(String(values.refundId)) ?? null) : askedFor(stage, values);
    const show = () => void found.evidence.push(exchangeStep(call, exchange));
    return isOk
      ? [{ where: `the answer to “${title}”`, body: Buffer.from(outcome.body).toString(), values, asked, show }]
      : [];
  });
}

async function toldInNotifications(stage: Stage, found: Findings): Promise<readonly Told[]> {
  const { profile, call, around } = stage;
  const received = ((await around.inbox?.received()) ?? []).filter(isTheirs);
  return received.map(({ request, verdict }) => {
    const values = looseValues(profile, 'ipn', membersOf(jsonOf(request.body)) ?? {});
    const isRefund = wordIn(profile.eventTypes, values.eventType) === 'refund';
    const asked = isRefund ? (stage.refunds.get(String(values.refundId)) ?? null) : askedFor(stage, values);
    const where = 'a notification';
    const show = () =>
      void found.evidence.push(notificationStep(call, 'The amount of a notification', request, verdict));
    return { where, body: Buffer.from(request.body).toString(), values, asked, show };
  });
}

/** What an order was made with; null for one that no case of this run made. */
function askedFor({ asked }: Stage, { orderId }: Values): Money | null {
  return asked.get(String(orderId)) ?? null;
}

function isRight(profile: PartnerProfile, told: Told): boolean {
  const { asked, values } = told;
  if (asked === null) return true;
  const currency = values.currency ?? onlyCurrencyOf(profile);
  if (currency !== asked.currency) return false;
  const isWhole = profile.amount === 'decimal_string' || /^\d+$/.test(literalOf(profile, told));
  return isWhole && amountFromWire(profile, values.amount, asked.currency) === asked.amount;
}

/** The amount as it stands in the bytes: a parser makes one number of 100 and 100.00, and their signatures differ. */
function literalOf(profile: PartnerProfile, { body, values }: Told): string {
  const messages = Object.values(profile.messages).flatMap((message) => message?.fields ?? []);
  const wires = new Set(
    messages.flatMap((field) => ('means' in field && field.means === 'amount' ? [field.wire] : [])),
  );
  for (const wire of wires) {
    const literal = new RegExp(`"${wire}"\\s*:\\s*("[^"]*"|[^,}\\s]+)`).exec(body)?.[1];
    if (literal !== undefined) return literal;
  }
  return String(values.amount);
}

/** How long the partner takes to answer. */
export async function measureAnswers({ exchanges }: Stage, found: Findings): Promise<void> {
  if (exchanges.length === 0) found.halt('not_run', 'Nothing was asked.');
  const times = exchanges.map(({ outcome }) => outcome.timings.totalMs).sort((a, b) => a - b);
  const late = exchanges.filter(({ outcome }) => outcome.kind === 'lost' && outcome.reason === 'timeout').length;
  const p95 = percentile(times, 0.95);
  const text = `half of ${times.length} answers came within ${inMs(percentile(times, 0.5))}, 95 of 100 within ${inMs(p95)}, the last after ${inMs(times.at(-1) ?? 0)}`;
  found.expect(
    'Every answer comes before we give up.',
    late === 0,
    `${late} of ${times.length} answers did not come in time.`,
  );
  found.expect(
    `95 of 100 answers come within ${ANSWER_MS_MAX / 1_000} s (${text}).`,
    p95 <= ANSWER_MS_MAX,
    `The partner is slow: ${text}.`,
  );
}

/** The nearest rank. Sorted, not empty. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? 0;
}

function inMs(ms: number): string {
  return `${Math.round(ms)} ms`;
}
