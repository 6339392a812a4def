import { membersOf, type Values } from '../../partner-profiles/read-message.ts';
import { signText, textToSign } from '../../partner-profiles/sign-message.ts';
import { instantFromWire, instantToWire } from '../../partner-profiles/wire-instant.ts';
import type { NotificationInbox } from '../../provider-certification.ts';
import { jsonOf } from '../../read-answer.ts';
import { parsePartnerWebhook } from '../parse-partner-webhook.ts';
import { describeSignature } from '../verify-message.ts';
import { copyStep } from './evidence.ts';
import { looseValues } from './exchange.ts';
import type { Findings } from './findings.ts';
import type { Stage } from './stage.ts';
import { COPY_HEADER, isTheirs, showTold, type ToldOf, toldOf, waitUntil } from './wait-for-end.ts';

const SHOWN_MAX = 5;
const STALE_BEYOND_S = 60;
const TIMEOUT_MS = 10_000;

/** Every notification that came is signed with the key of the account. */
export async function verifyNotifications(stage: Stage, found: Findings): Promise<void> {
  const all = await arrived(stage, found);
  const judged = all.map((told) => ({ told, seen: seenOf(stage, told) }));
  const wrong = judged.filter(({ seen }) => seen.verdict !== 'valid');
  showTold(
    stage,
    found,
    [...wrong, ...judged.filter(({ seen }) => seen.verdict === 'valid')].slice(0, SHOWN_MAX).map(({ told }) => told),
  );
  const [first] = wrong;
  const what = first === undefined ? '' : (first.seen.because ?? `our key finds the signature ${first.seen.verdict}`);
  found.expect(
    `Each of the ${all.length} notifications is signed as agreed.`,
    wrong.length === 0,
    `${wrong.length} of ${all.length} notifications are not signed as agreed: ${what}. Compare the string to sign.`,
  );
}

function seenOf({ profile, call }: Stage, { notification: { request } }: ToldOf) {
  const members = membersOf(jsonOf(request.body)) ?? {};
  return describeSignature(profile, { name: 'ipn', members, headers: request.headers }, call.credentials);
}

/** Copies of a true notification that were changed are refused at our address. */
export async function refuseForgedNotifications(stage: Stage, found: Findings): Promise<void> {
  const { profile } = stage;
  const inbox = inboxOf(stage, found);
  const genuine = (await arrived(stage, found)).find((told) => seenOf(stage, told).verdict === 'valid');
  if (genuine === undefined) found.halt('not_run', 'No notification came whose signature is right.');
  const members = membersOf(jsonOf(genuine.notification.request.body)) ?? {};
  const { place } = profile.signing;
  const amount = profile.messages.ipn.fields.find((field) => 'means' in field && field.means === 'amount')?.wire ?? '';
  const more = { ...members, [amount]: Number(members[amount]) + 1 };
  const copies: [string, Readonly<Record<string, unknown>>, Readonly<Record<string, string>>][] = [
    ['another amount', more, headersOf(stage, genuine)],
  ];
  if (place.in === 'body') {
    const { [place.member]: signature, ...unsigned } = members;
    const text = String(signature);
    copies.push(
      ['another signature', { ...members, [place.member]: `${text.slice(1)}${text.slice(0, 1)}${'x'}` }, {}],
      ['no signature', unsigned, {}],
    );
  } else copies.push(['no signature', members, {}]);
  for (const [what, copy, headers] of copies) {
    const message = { title: `A copy with ${what}`, body: JSON.stringify(copy), headers };
    const delivered = await deliver(stage, found, inbox, message);
    const { status, verdict } = delivered;
    const otherwise = `A copy with ${what} was answered ${status} and kept as ${verdict}.`;
    found.expect(`A copy with ${what} is refused.`, isRefused(delivered), otherwise);
  }
}

function headersOf({ profile: { signing } }: Stage, { notification }: ToldOf): Readonly<Record<string, string>> {
  if (signing.place.in === 'body') return {};
  const value = notification.request.headers[signing.place.name]?.[0];
  return value === undefined ? {} : { [signing.place.name]: value };
}

/** Notifications are stamped when they are sent; one from long ago is refused at our address. */
export async function judgeStamps(stage: Stage, found: Findings): Promise<void> {
  const { profile, call } = stage;
  const { toleranceSeconds } = profile;
  if (toleranceSeconds === null) {
    found.doesNotApply('This partner’s notifications carry no timestamp; the gateway asks before it believes them.');
  }
  const all = await arrived(stage, found);
  const ages = all.map((told) => ({ told, ageSeconds: ageOf(told) }));
  const stale = ages.filter(({ ageSeconds }) => ageSeconds === null || Math.abs(ageSeconds) > toleranceSeconds);
  const [worst] = stale;
  showTold(
    stage,
    found,
    (stale.length > 0 ? stale : ages).slice(0, SHOWN_MAX).map(({ told }) => told),
  );
  const age = worst === undefined ? '' : worst.ageSeconds === null ? 'no readable timestamp' : `${worst.ageSeconds} s`;
  found.expect(
    `Each notification is stamped within ${toleranceSeconds} s of its arrival.`,
    worst === undefined,
    `${stale.length} of ${all.length} notifications are stamped otherwise: one has an age of ${age}. Stamp every attempt anew.`,
  );
  const genuine = all.find(
    (told) => seenOf(stage, told).verdict === 'valid' && !stale.some((each) => each.told === told),
  );
  if (genuine === undefined) return;
  const longAgo = { seconds: toleranceSeconds + STALE_BEYOND_S };
  const isTurnedDown =
    call.credentials.secretKey === undefined
      ? parsePartnerWebhook(atAnotherTime(stage, longAgo), genuine.notification.request).kind === 'rejected'
      : isRefused(await deliverStale(stage, found, genuine, longAgo));
  found.expect('A truly signed copy that is stamped too long ago is refused.', isTurnedDown, 'A stale copy was taken.');
}

function atAnotherTime({ call }: Stage, later: Temporal.DurationLike): Stage['call'] {
  return { ...call, clock: { now: () => call.clock.now().add(later) } };
}

function ageOf({ notification, values }: ToldOf): number | null {
  const stamp = instantFromWire(values.timestamp);
  if (stamp === null) return null;
  return Math.round((notification.request.receivedAt.epochMilliseconds - stamp.epochMilliseconds) / 1_000);
}

async function deliverStale(
  stage: Stage,
  found: Findings,
  { notification }: ToldOf,
  longAgo: Temporal.DurationLike,
): Promise<Delivered> {
  const { profile, call } = stage;
  const members = membersOf(jsonOf(notification.request.body)) ?? {};
  const wire = profile.messages.ipn.fields.find((field) => 'means' in field && field.means === 'timestamp')?.wire ?? '';
  const stamped = { ...members, [wire]: instantToWire(profile, call.clock.now().subtract(longAgo)) };
  const signed = textToSign(profile, 'ipn', stamped);
  const signature = signed.kind === 'text' ? (signText(profile, call.credentials, signed.text) ?? '') : '';
  const { place } = profile.signing;
  const inbox = inboxOf(stage, found);
  const title = 'A copy that we stamped too long ago and signed';
  const isInHeader = place.in === 'header';
  const body = JSON.stringify(isInHeader ? stamped : { ...stamped, [place.member]: signature });
  return deliver(stage, found, inbox, { title, body, headers: isInHeader ? { [place.name]: signature } : {} });
}

/** What was not acknowledged comes again, stamped and signed anew; a copy of what was taken changes nothing. */
export async function repeatNotification(stage: Stage, found: Findings): Promise<void> {
  const inbox = inboxOf(stage, found);
  if (inbox.turnAway !== undefined) await expectRepeat(stage, found);
  const genuine = (await arrived(stage, found)).find(({ notification }) => notification.verdict === 'accepted');
  if (genuine === undefined) return;
  const body = Buffer.from(genuine.notification.request.body).toString();
  const title = 'The same notification once more';
  const copy = await deliver(stage, found, inbox, { title, body, headers: headersOf(stage, genuine) });
  found.expect('A copy is acknowledged with 200.', copy.status === 200, `A copy was answered ${copy.status}.`);
  const isDuplicate = copy.verdict === 'duplicate';
  found.expect(
    'It is counted as a duplicate and not applied again.',
    isDuplicate,
    `It was counted as ${copy.verdict}.`,
  );
}

async function expectRepeat(stage: Stage, found: Findings): Promise<void> {
  const order =
    stage.orders.get('stuck') ?? found.halt('not_run', 'There is no payment whose notification was turned away.');
  const payments = async () => (await toldOf(stage, order.orderId)).filter(({ about }) => about === 'payment');
  if ((await payments()).length === 0)
    found.halt('not_run', 'No notification came about that payment, so none was turned away.');
  await waitUntil(stage, stage.around.waitMsMax, async () => (await payments()).some(isTaken));
  const told = await payments();
  const [first] = told;
  const repeat = told.find(isTaken) ?? told.slice(1).at(-1);
  showTold(stage, found, [...(first === undefined ? [] : [first]), ...(repeat === undefined ? [] : [repeat])]);
  const seconds = Math.round(stage.around.waitMsMax / 1_000);
  const came = found.expect(
    'A notification that was answered 503 comes again.',
    repeat !== undefined,
    `A notification that was answered 503 did not come again within ${seconds} s. Repeat until it is answered 200.`,
  );
  if (!came || repeat === undefined || first === undefined) return;
  found.expect(
    'The repeat says the same.',
    sameFacts(first.values, repeat.values),
    'The repeat says something else than the first.',
  );
  if (stage.profile.toleranceSeconds === null) return;
  const isAnew = first.values.timestamp !== repeat.values.timestamp;
  found.expect(
    'The repeat is stamped anew.',
    isAnew,
    'The repeat has the timestamp of the first: later repeats would be refused as stale.',
  );
}

function isTaken({ notification }: ToldOf): boolean {
  return notification.verdict !== 'turned_away';
}

function sameFacts(one: Values, other: Values): boolean {
  const facts = ({ timestamp: _, nonce: __, message: ___, ...rest }: Values) =>
    JSON.stringify(Object.entries(rest).sort());
  return facts(one) === facts(other);
}

async function arrived(stage: Stage, found: Findings): Promise<readonly ToldOf[]> {
  const { profile } = stage;
  const all = (await inboxOf(stage, found).received()).filter(isTheirs).map((notification) => ({
    notification,
    values: looseValues(profile, 'ipn', membersOf(jsonOf(notification.request.body)) ?? {}),
    about: null,
  }));
  // Whoever else finds the address, and other orders of the account, say nothing about this run.
  const ours = all.filter(({ values }) => stage.asked.has(String(values.orderId)));
  if (ours.length === 0) found.halt('not_run', 'No notification has come about an order of this run.');
  return ours;
}

function inboxOf({ around }: Stage, found: Findings): NotificationInbox {
  return (
    around.inbox ??
    found.halt(
      'not_run',
      'Nobody listens for notifications: give --listen with --ipn-url, or an account of a gateway that runs.',
    )
  );
}

interface Copy {
  readonly title: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How a copy was answered, and as what it was kept. */
interface Delivered {
  readonly status: number;
  readonly verdict: string;
}

/** Sends a message to our own address as the partner would, by the same guarded way as all else. */
async function deliver(
  stage: Stage,
  found: Findings,
  inbox: NotificationInbox,
  { title, body, headers }: Copy,
): Promise<Delivered> {
  const { call } = stage;
  const { url } = inbox;
  const copies = async () => (await inbox.received()).filter((each) => !isTheirs(each));
  const before = (await copies()).length;
  const at = call.clock.now();
  const all = { 'content-type': 'application/json', [COPY_HEADER]: '1', ...headers };
  const request = { method: 'POST', url, headers: all, body } as const;
  const outcome = await call.http.send({ ...request, timeoutMs: TIMEOUT_MS, responseBytesMax: 10_000 });
  found.evidence.push(copyStep(call, { title, at, url, body: Buffer.from(body) }, outcome));
  if (outcome.kind !== 'answered') {
    found.halt('not_run', `Our own address ${url} cannot be reached from here (${outcome.reason}).`);
  }
  await waitUntil(stage, TIMEOUT_MS, async () => (await copies()).length > before);
  return { status: outcome.status, verdict: (await copies())[before]?.verdict ?? 'nothing' };
}

/** Answered with a refusal, and kept as one. */
function isRefused({ status, verdict }: Delivered): boolean {
  return status >= 400 && status < 500 && !['accepted', 'duplicate', 'conflicting_duplicate'].includes(verdict);
}
