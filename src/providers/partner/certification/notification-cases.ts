import type { NotificationInbox } from '../../provider-certification.ts';
import { jsonOf } from '../../read-answer.ts';
import { parsePartnerWebhook } from '../parse-partner-webhook.ts';
import { membersOf, type Values } from '../read-message.ts';
import { signText, textToSign } from '../sign-message.ts';
import { describeSignature } from '../verify-message.ts';
import { instantFromWire, instantToWire } from '../wire-instant.ts';
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
    const status = await deliver(stage, found, inbox, `A copy with ${what}`, JSON.stringify(copy), headers);
    found.expect(`A copy with ${what} is refused.`, isRefusal(status), `A copy with ${what} was answered ${status}.`);
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
  const isRefused =
    call.credentials.secretKey === undefined
      ? parsePartnerWebhook(atAnotherTime(stage, longAgo), genuine.notification.request).kind === 'rejected'
      : isRefusal(await deliverStale(stage, found, genuine, longAgo));
  found.expect('A truly signed copy that is stamped too long ago is refused.', isRefused, 'A stale copy was taken.');
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
): Promise<number | null> {
  const { profile, call } = stage;
  const members = membersOf(jsonOf(notification.request.body)) ?? {};
  const wire = profile.messages.ipn.fields.find((field) => 'means' in field && field.means === 'timestamp')?.wire ?? '';
  const stamped = { ...members, [wire]: instantToWire(profile, call.clock.now().subtract(longAgo)) };
  const signed = textToSign(profile, 'ipn', stamped);
  const signature = signed.kind === 'text' ? (signText(profile, call.credentials, signed.text) ?? '') : '';
  const { place } = profile.signing;
  const inbox = inboxOf(stage, found);
  const title = 'A copy that we stamped too long ago and signed';
  if (place.in === 'header')
    return deliver(stage, found, inbox, title, JSON.stringify(stamped), { [place.name]: signature });
  return deliver(stage, found, inbox, title, JSON.stringify({ ...stamped, [place.member]: signature }), {});
}

/** What was not acknowledged comes again, stamped and signed anew; a copy of what was taken changes nothing. */
export async function repeatNotification(stage: Stage, found: Findings): Promise<void> {
  const inbox = inboxOf(stage, found);
  if (inbox.turnAway !== undefined) await expectRepeat(stage, found);
  const genuine = (await arrived(stage, found)).find(({ notification }) => notification.verdict === 'accepted');
  if (genuine === undefined) return;
  const before = (await inbox.received()).length;
  const body = Buffer.from(genuine.notification.request.body).toString();
  const status = await deliver(stage, found, inbox, 'The same notification once more', body, headersOf(stage, genuine));
  if (status === null) return;
  found.expect('A copy is acknowledged with 200.', status === 200, `A copy was answered ${status}.`);
  await waitUntil(stage, TIMEOUT_MS, async () => (await inbox.received()).length > before);
  const verdict = (await inbox.received())[before]?.verdict ?? 'nothing';
  found.expect(
    'It is counted as a duplicate and not applied again.',
    verdict === 'duplicate',
    `It was counted as ${verdict}.`,
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
  const theirs = (await inboxOf(stage, found).received()).filter(isTheirs);
  if (theirs.length === 0) found.halt('not_run', 'No notification has come.');
  return theirs.map((notification) => ({
    notification,
    values: looseValues(profile, 'ipn', membersOf(jsonOf(notification.request.body)) ?? {}),
    about: null,
  }));
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

/** Sends a message to our own address as the partner would, by the same guarded way as all else. */
async function deliver(
  stage: Stage,
  found: Findings,
  { url }: NotificationInbox,
  title: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<number | null> {
  const { call } = stage;
  const at = call.clock.now();
  const all = { 'content-type': 'application/json', [COPY_HEADER]: '1', ...headers };
  const request = { method: 'POST', url, headers: all, body } as const;
  const outcome = await call.http.send({ ...request, timeoutMs: TIMEOUT_MS, responseBytesMax: 10_000 });
  found.evidence.push(copyStep(call, { title, at, url, body: Buffer.from(body) }, outcome));
  if (outcome.kind === 'answered') return outcome.status;
  return found.halt('not_run', `Our own address ${url} cannot be reached from here (${outcome.reason}).`);
}

function isRefusal(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500;
}
