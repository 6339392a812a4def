import type { OutboundHttp, OutboundRequest } from '../../../platform/outbound-http.ts';
import { covers } from '../../partner-profiles/profile.ts';
import { membersOf } from '../../partner-profiles/read-message.ts';
import { textToSign } from '../../partner-profiles/sign-message.ts';
import { jsonOf } from '../../read-answer.ts';
import type { Operation } from '../partner-client.ts';
import { copyStep, signsAnswers } from './evidence.ts';
import type { ReadExchange } from './exchange.ts';
import type { Findings } from './findings.ts';
import { type Asked, ask, askCreate, askQuery, newInput, type Stage, type StagedOrder } from './stage.ts';

/** Of the shape of an attempt's id, and of no attempt: its time is the beginning of 1970. */
const NO_ORDER = `att_${'0'.repeat(26)}`;
const NO_REFUND = `re_${'0'.repeat(26)}`;

type Alter = (request: OutboundRequest) => OutboundRequest;

/** An order that nobody made is answered as not found. */
export async function queryUnknownOrder(stage: Stage, found: Findings): Promise<void> {
  const { read } = await askQuery(stage, found, NO_ORDER, { title: 'Ask about an order that nobody made' });
  found.expect(
    'The partner says that there is no such order.',
    read.means === 'not_found',
    `It answered ${read.said}.`,
  );
}

/** Requests without a signature are refused before anything in them is looked at. */
export async function sendUnsigned(stage: Stage, found: Findings): Promise<void> {
  await sendUnproven(stage, found, 'without a signature', (request) => withSignature(stage, request, () => null));
}

/** Requests with a wrong signature are refused before anything in them is looked at. */
export async function sendWronglySigned(stage: Stage, found: Findings): Promise<void> {
  await sendUnproven(stage, found, 'with a wrong signature', (request) => withSignature(stage, request, turned));
  await sendUnproven(stage, found, 'changed after it was signed', (request) => withOtherOrder(stage, request));
}

async function sendUnproven(stage: Stage, found: Findings, how: string, alter: Alter): Promise<void> {
  const { profile, call } = stage;
  const isLive = call.mode === 'live';
  const operations: readonly Operation[] = isLive
    ? ['query']
    : profile.refunds === 'none'
      ? ['create', 'query']
      : ['create', 'query', 'refund'];
  for (const operation of operations) {
    const { read } = await askUnproven(stage, found, operation, { title: `A ${operation} ${how}`, alter });
    const fact = `A ${operation} ${how} is refused.`;
    found.expect(fact, isTurnedAway(read), `A ${operation} ${how} was answered ${read.said}.`);
  }
}

/** A code about the order would mean that the partner looked for it before it knew who asked. */
function isTurnedAway({ isRefused, means, status }: ReadExchange): boolean {
  if (!isRefused) return false;
  return status === 401 || status === 403 || (means !== 'not_found' && means !== 'exists');
}

function askUnproven(
  stage: Stage,
  found: Findings,
  operation: Operation,
  { title, alter }: { readonly title: string; readonly alter: Alter },
): Promise<Asked<unknown>> {
  const first = stage.orders.get('first');
  switch (operation) {
    case 'create':
      return askCreate(stage, found, newInput(stage), { title, alter });
    case 'query':
      return askQuery(stage, found, first?.orderId ?? NO_ORDER, { title, alter });
    case 'refund': {
      const { amount, notificationUrl } = newInput(stage);
      // Of an order that nobody made, so that nothing is given back where the partner takes the request.
      const input = { attemptId: NO_ORDER, providerRef: 'NONE', refundId: NO_REFUND, amount, notificationUrl };
      const asking = { operation, title, alter, orderId: NO_ORDER };
      return ask(stage, found, asking, async (call) => stage.provider.refund?.(call, input));
    }
  }
}

function withSignature(
  { profile }: Stage,
  request: OutboundRequest,
  make: (is: string) => string | null,
): OutboundRequest {
  const { place } = profile.signing;
  if (place.in === 'header') {
    const { [place.name]: is = '', ...headers } = request.headers ?? {};
    const signature = make(is);
    return { ...request, headers: signature === null ? headers : { ...headers, [place.name]: signature } };
  }
  const { [place.member]: is, ...members } = membersOf(jsonOf(Buffer.from(request.body ?? ''))) ?? {};
  const signature = make(String(is));
  return { ...request, body: JSON.stringify(signature === null ? members : { ...members, [place.member]: signature }) };
}

/** Of the same length and alphabet. */
function turned(signature: string): string {
  const first = signature.startsWith('0') ? '1' : '0';
  return first + signature.slice(1);
}

/** The merchant stays, and so does the signature; the order is another one. */
function withOtherOrder({ profile }: Stage, request: OutboundRequest): OutboundRequest {
  const members = membersOf(jsonOf(Buffer.from(request.body ?? ''))) ?? {};
  const wires = profile.messages.queryRequest.fields
    .filter((field) => 'means' in field && field.means === 'orderId')
    .map(({ wire }) => wire);
  const changed = Object.entries(members).map(([name, value]) => [
    name,
    wires.includes(name) ? otherOrder(String(value)) : value,
  ]);
  return { ...request, body: JSON.stringify(Object.fromEntries(changed)) };
}

function otherOrder(orderId: string): string {
  return `${orderId.slice(0, -1)}${orderId.endsWith('1') ? '2' : '1'}`;
}

/** Beyond every tolerance in use, and well within. */
const STALE_S = 600;
const FRESH_S = 240;

/** Requests from long ago and from the future are refused; a clock that is a little off does no harm. */
export async function skewClock(stage: Stage, found: Findings): Promise<void> {
  const { fields } = stage.profile.messages.queryRequest;
  if (!fields.some((field) => 'means' in field && field.means === 'timestamp')) {
    found.doesNotApply('This partner’s requests carry no timestamp.');
  }
  const orderId = stage.orders.get('first')?.orderId ?? NO_ORDER;
  const queryAt = (skewSeconds: number) =>
    askQuery(stage, found, orderId, { skewSeconds, title: `A question stamped ${inWords(skewSeconds)}` });
  for (const skew of [-FRESH_S, FRESH_S]) {
    const { read } = await queryAt(skew);
    const isTaken = read.isOk || read.means === 'not_found';
    found.expect(
      `A question stamped ${inWords(skew)} is answered.`,
      isTaken,
      `Stamped ${inWords(skew)}: ${read.said}.`,
    );
  }
  for (const skew of [-STALE_S, STALE_S]) {
    const { read } = await queryAt(skew);
    found.expect(
      `A question stamped ${inWords(skew)} is refused.`,
      isTurnedAway(read),
      `Stamped ${inWords(skew)}: ${read.said}.`,
    );
  }
}

function inWords(seconds: number): string {
  return `${Math.abs(seconds) / 60} minutes ${seconds < 0 ? 'ago' : 'ahead'}`;
}

/** An answer that was changed on its way is not believed, whichever member it is. */
export async function tamperWithAnswer(stage: Stage, found: Findings): Promise<void> {
  const { profile } = stage;
  if (!signsAnswers(profile)) found.doesNotApply('This partner’s answers carry no signature; they stand on TLS alone.');
  const order = stage.orders.get('first') ?? found.halt('not_run', 'There is no order to ask about.');
  const { exchange, read } = await askQuery(stage, found, order.orderId, { title: 'An answer as it came' });
  if (exchange?.outcome.kind !== 'answered' || read.members === null || read.verdict !== 'valid') {
    found.halt('not_run', 'The answers are not signed as they must be, so that nothing follows from changing them.');
  }
  const { outcome } = exchange;
  const genuine = read.members;
  const message = profile.messages.queryAnswer;
  const signed = Object.keys(genuine).filter(
    (name) => covers(profile, message, name) && message.fields.some(({ wire }) => wire === name),
  );
  const before = textToSign(profile, 'queryAnswer', genuine);
  for (const name of signed) {
    const members = { ...genuine, [name]: changedValue(genuine[name]) };
    const after = textToSign(profile, 'queryAnswer', members);
    if (before.kind === 'text' && after.kind === 'text' && before.text === after.text) continue;
    const body = Buffer.from(JSON.stringify(members));
    const isBelieved = await isTaken(stage, order, { send: async () => ({ ...outcome, body }) });
    if (isBelieved)
      found.evidence.push(
        copyStep(stage.call, { title: `Changed: ${name}`, at: exchange.at, url: exchange.request.url, body }, outcome),
      );
    found.expect(
      `An answer with another ${name} is not believed.`,
      !isBelieved,
      `An answer with another ${name} is taken for true.`,
    );
  }
  const cut = Buffer.from(outcome.body).subarray(0, -1);
  const isCutBelieved = await isTaken(stage, order, { send: async () => ({ ...outcome, body: cut }) });
  found.expect(
    'An answer without its last byte is not believed.',
    !isCutBelieved,
    'An answer that was cut is taken for true.',
  );
}

function changedValue(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  const text = String(value);
  return text.endsWith('0') ? `${text.slice(0, -1)}1` : `${text.slice(0, -1)}0`;
}

async function isTaken({ provider, call }: Stage, order: StagedOrder, http: OutboundHttp): Promise<boolean> {
  return (await provider.retrieve({ ...call, http }, { attemptId: order.orderId })).kind === 'answered';
}
