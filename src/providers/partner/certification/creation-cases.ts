import { currencyExponent } from '../../../kernel/currency.ts';
import type { Money } from '../../../kernel/money.ts';
import type { OutboundRequest } from '../../../platform/outbound-http.ts';
import { covers } from '../../partner-profiles/profile.ts';
import { membersOf } from '../../partner-profiles/read-message.ts';
import { signText } from '../../partner-profiles/sign-message.ts';
import { instantFromWire } from '../../partner-profiles/wire-instant.ts';
import { jsonOf } from '../../read-answer.ts';
import { signsAnswers } from './evidence.ts';
import type { ReadExchange } from './exchange.ts';
import type { Findings } from './findings.ts';
import { askCreate, askQuery, newInput, orderOf, type Stage, stageOrder, textOf } from './stage.ts';

/** An answer may round an instant to its second. */
const EXPIRY_SLACK_MS = 1_000;

/** A payment is created: the answer is signed, and has exactly one way to pay. */
export async function createPayment(stage: Stage, found: Findings): Promise<void> {
  const input = newInput(stage);
  const { read, answer } = await askCreate(stage, found, input);
  const order = orderOf(stage, input, read);
  if (order !== null) stage.orders.set('first', order);
  if (!found.expect('The partner creates the payment.', read.isOk, `It answered ${read.said}.`)) return;
  judgeSignature(stage, found, read);
  judgeWay(stage, found, read);
  judgeNames(stage, found, read, input.attemptId);
  judgeExpiry(stage, found, read, input.expiresAt);
  const hasFailed = found.checks.some(({ holds }) => !holds);
  if (hasFailed) return;
  const reason = 'reason' in answer ? answer.reason : answer.kind;
  found.expect('The gateway can use the answer.', answer.kind === 'answered', `The gateway reads it as ${reason}.`);
}

function judgeSignature({ profile }: Stage, found: Findings, { verdict }: ReadExchange): void {
  const isOwed = profile.messages.createAnswer.signature === 'required' || signsAnswers(profile);
  const isRight = verdict === 'valid' || (verdict === 'missing' && !isOwed);
  const fact = isOwed ? 'The answer is signed.' : 'A signature on the answer is right where there is one.';
  const what =
    verdict === 'missing' ? 'The answer is not signed' : `Our key finds the signature of the answer ${verdict}`;
  found.expect(fact, isRight, `${what}: whoever stands between could lead shoppers elsewhere.`);
}

function judgeWay({ call }: Stage, found: Findings, { values }: ReadExchange): void {
  const { redirectUrl, qrPayload } = values;
  const ways = [redirectUrl, qrPayload].filter((way) => way !== undefined).length;
  const isOne = found.expect(
    'The answer has exactly one of redirectUrl and qrPayload.',
    ways === 1,
    ways === 0
      ? 'The answer has neither a redirectUrl nor a qrPayload.'
      : 'The answer has a redirectUrl and a qrPayload.',
  );
  if (!isOne || redirectUrl === undefined) return;
  const url = URL.parse(String(redirectUrl));
  const schemes = call.mode === 'live' ? ['https:'] : ['https:', 'http:'];
  const isUsable = url !== null && schemes.includes(url.protocol) && url.username + url.password === '';
  found.expect(
    'The link is an address that a browser may be sent to (in live mode https).',
    isUsable,
    'The redirectUrl is no address that a browser may be sent to.',
  );
}

function judgeNames({ profile }: Stage, found: Findings, { values }: ReadExchange, orderId: string): void {
  if (profile.reference === 'providerRef') {
    const named = textOf(values, 'providerRef') !== null;
    found.expect(
      'The answer names the payment (providerRef).',
      named,
      'The answer has no providerRef, or none that is text.',
    );
  }
  if (values.orderId === undefined) return;
  found.expect('The answer is about our order.', values.orderId === orderId, 'The answer names another orderId.');
}

function judgeExpiry({ profile }: Stage, found: Findings, { values }: ReadExchange, asked: Temporal.Instant): void {
  const isPart = profile.messages.createAnswer.fields.some((field) => 'means' in field && field.means === 'expiresAt');
  if (!isPart) return;
  const told = instantFromWire(values.expiresAt);
  const isTold = found.expect(
    'The answer says until when the payment is open (expiresAt).',
    told !== null,
    'The answer has no expiresAt that can be read, so no countdown can be shown.',
  );
  if (!isTold || told === null) return;
  const isWithin = told.epochMilliseconds <= asked.epochMilliseconds + EXPIRY_SLACK_MS;
  found.expect(
    'It is open no longer than asked.',
    isWithin,
    `It is open until ${told}, longer than the asked ${asked}.`,
  );
}

/** The same creation again finds the payment that is there. */
export async function repeatCreation(stage: Stage, found: Findings): Promise<void> {
  const first = await stageOrder(stage, found);
  const { read } = await askCreate(stage, found, first.input, { title: 'The same creation again' });
  if (read.means === 'exists') {
    found.expect('The partner says that the order exists.', true, '');
    return;
  }
  if (!found.expect('The repeat is answered like the first.', read.isOk, `It answered ${read.said}.`)) return;
  const again = orderOf(stage, first.input, read);
  const isSame = again?.providerRef === first.providerRef;
  found.expect(
    'The repeat names the same payment.',
    isSame,
    'The repeat made a second payment: it has another providerRef.',
  );
  const leads = again?.redirectUrl === first.redirectUrl && again?.qrPayload === first.qrPayload;
  if (stage.profile.reference === 'orderId')
    found.expect('It leads to the same page.', leads, 'The repeat leads elsewhere.');
}

/** Another amount under an order's id is refused. */
export async function createWithOtherAmount(stage: Stage, found: Findings): Promise<void> {
  const first = await stageOrder(stage, found);
  const other = { ...first.input, amount: plusOneUnit(first.input.amount) };
  const { read } = await askCreate(stage, found, other, { title: 'The same order id with one unit more' });
  found.expect(
    'The partner refuses another amount under the same orderId.',
    read.isRefused,
    `It answered ${read.said}: the same orderId now stands for two amounts.`,
  );
}

/** A whole unit, which every profile can write. */
function plusOneUnit({ amount, currency }: Money): Money {
  return { amount: amount + 10n ** BigInt(currencyExponent(currency)), currency };
}

/** A value with the separator in it makes the signed text readable in two ways, and is refused. */
export async function sendSeparator(stage: Stage, found: Findings): Promise<void> {
  const { separator } = stage.profile.signing;
  if (separator === '') found.doesNotApply('This partner’s texts to sign have no separator.');
  const samples = [
    ['the separator', `tea${separator}milk`],
    ['a line break', 'tea\nmilk'],
  ] as const;
  for (const [what, description] of samples) {
    const input = newInput(stage);
    const alter = (request: OutboundRequest) => withDescription(stage, request, description);
    const title = `A creation with ${what} in the description`;
    const { read } = await askCreate(stage, found, input, { title, alter });
    const refused = `It answered ${read.said}: the signed text can be read in two ways.`;
    found.expect(`The partner refuses ${what} in a value.`, read.isRefused, refused);
    const { read: asked } = await askQuery(stage, found, input.attemptId, { title: 'Is there such an order now?' });
    found.expect('No order came of it.', !asked.isOk, `The order exists: ${asked.said}.`);
  }
}

/** Signed as somebody would who joins the values without looking. */
function withDescription({ profile, call }: Stage, request: OutboundRequest, description: string): OutboundRequest {
  const members = membersOf(jsonOf(Buffer.from(request.body ?? ''))) ?? {};
  const message = profile.messages.createRequest;
  const named = message.fields.find((field) => 'means' in field && field.means === 'description')?.wire ?? '';
  const changed: Readonly<Record<string, unknown>> = { ...members, [named]: description };
  const wires = message.fields.map(({ wire }) => wire).filter((wire) => covers(profile, message, wire));
  const text = wires.map((wire) => String(changed[wire] ?? '')).join(profile.signing.separator);
  const signature = signText(profile, call.credentials, text) ?? '';
  const { place } = profile.signing;
  if (place.in === 'body') return { ...request, body: JSON.stringify({ ...changed, [place.member]: signature }) };
  return { ...request, headers: { ...request.headers, [place.name]: signature }, body: JSON.stringify(changed) };
}
