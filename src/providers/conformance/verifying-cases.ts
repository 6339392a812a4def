/** F, first part: which notifications are taken for the provider's. */
import { present } from '../../kernel/assert.ts';
import type { ProviderEvent, RawWebhook, WebhookOutcome } from '../provider-webhook.ts';
import type { ConformanceCase } from './case.ts';
import { check, checkKind, checkSame, staged } from './checks.ts';
import type { Story } from './double.ts';
import { endingAs, type Stage, type World } from './stage.ts';

const GROUP = 'notifications';
/** How many places of a body and of each header are changed. */
const PLACES = 60;
const BEYOND_TOLERANCE = { minutes: 61 } as const;

export const VERIFYING_CASES: readonly ConformanceCase[] = [
  {
    id: 45,
    group: GROUP,
    title: 'Each kind of notification is read as what it tells, no more and no less',
    requirements: ['S0.9', 'S0.12', 'S1.13'],
    needs: [],
    steps: async (world) => {
      for (const story of storiesOf(world)) {
        const stage = await world.open();
        await tell(stage, story);
        checkSame(
          (await stage.told()).map(({ event }) => wordsOf(event)),
          stage.traits.tells[story] ?? [],
          story,
        );
      }
    },
  },
  {
    id: 46,
    group: GROUP,
    title: 'What the provider has published verifies, and a copy with another byte does not',
    requirements: ['S0.31', 'S0.40'],
    needs: ['published messages'],
    steps: async (world) => {
      const stage = await world.open();
      const vectors = await staged(stage.double.vectors, 'show what was published')();
      check(vectors.length > 0, 'there are none');
      for (const { name, isGenuine, verify } of vectors) checkSame(await verify(), isGenuine, name);
    },
  },
  {
    id: 47,
    group: GROUP,
    title: 'One changed byte, in the body or in what proves it, and nothing of it is believed',
    requirements: ['S0.31', 'S2.8'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { webhook, event } = await stage.paidMessage();
      for (const at of placesIn(webhook.body.length)) {
        const body = Uint8Array.from(webhook.body);
        body[at] = present(body[at], 'a byte') ^ 1;
        const outcome = await stage.parse({ ...webhook, body });
        checkNoLie(stage, outcome, event, `byte ${at} of the body changed`);
      }
      for (const [name, [value = '']] of Object.entries(provingHeaders(stage, webhook))) {
        for (const at of placesIn(value.length)) {
          const flipped = String.fromCharCode(value.charCodeAt(at) ^ 1);
          const changed = [value.slice(0, at) + flipped + value.slice(at + 1)];
          const outcome = await stage.parse({ ...webhook, headers: { ...webhook.headers, [name]: changed } });
          checkNoLie(stage, outcome, event, `character ${at} of ${name} changed`);
        }
      }
    },
  },
  {
    id: 48,
    group: GROUP,
    title: 'Without a signature, or without a key to check it with, nothing is accepted',
    requirements: ['S0.31', 'S2.8'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { double, line } = stage;
      const { webhook } = await stage.paidMessage();
      checkKind(await stage.parse(double.withSignature(webhook, null)), 'rejected', 'a message without a signature');
      const keyless = double.keylessCredentials(line.url);
      check(keyless.length > 0, 'there are no such credentials');
      for (const credentials of keyless) {
        checkKind(await stage.parse(webhook, { credentials }), 'rejected', 'a message that no key can prove');
      }
      for (const name of Object.keys(provingHeaders(stage, webhook))) {
        const { [name]: values = [], ...headers } = webhook.headers;
        checkKind(await stage.parse({ ...webhook, headers }), 'rejected', `without ${name}`);
        const twice = { ...headers, [name]: [...values, ...values] };
        checkKind(await stage.parse({ ...webhook, headers: twice }), 'rejected', `with two of ${name}`);
      }
    },
  },
  {
    id: 49,
    group: GROUP,
    title: 'A signature of another length, alphabet or encoding is rejected without a fault',
    requirements: ['S0.31'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { webhook } = await stage.paidMessage();
      const odd = [
        '',
        ' ',
        '0',
        'zz',
        '0'.repeat(63),
        '0'.repeat(64),
        'f'.repeat(65),
        'g'.repeat(64),
        '=',
        'AAAA',
        'é',
      ];
      for (const signature of [...odd, 'A'.repeat(10_000), '\u0000', 't=1,v1=', 'null']) {
        const outcome = await stage.parse(stage.double.withSignature(webhook, signature));
        checkKind(outcome, 'rejected', `the signature ${JSON.stringify(signature.slice(0, 20))}`);
      }
    },
  },
  {
    id: 50,
    group: GROUP,
    title: 'During a rotation the key before counts, and afterwards it does not',
    requirements: ['S0.38', 'S2.13'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { webhook } = await stage.paidMessage();
      const credentials = stage.double.rotatedCredentials(stage.line.url);
      const rotating = { credentials, previousCredentials: stage.credentials };
      checkKind(await stage.parse(webhook, rotating), 'events', 'signed with the key before, during the rotation');
      checkKind(await stage.parse(webhook, { credentials }), 'rejected', 'the same, after it');
    },
  },
  {
    id: 51,
    group: GROUP,
    title: 'An old message is no proof any more, and one from the future never was',
    requirements: ['S0.33', 'S0.34'],
    needs: ['signed times'],
    steps: async (world) => {
      const stage = await world.open();
      const { webhook } = await stage.paidMessage();
      const at = (instant: Temporal.Instant) => stage.parse(webhook, { clock: { now: () => instant } });
      for (const late of [{ minutes: 6 }, BEYOND_TOLERANCE]) {
        const stale = await at(webhook.receivedAt.add(late));
        const isHint = stale.kind === 'events' && stale.events.every(({ authoritative }) => !authoritative);
        check(stale.kind === 'rejected' || isHint, 'an old message is taken for proof');
        if (stale.kind === 'rejected') checkSame(stale.reason, 'stale_timestamp', 'the reason');
      }
      const early = await at(webhook.receivedAt.subtract({ minutes: 6 }));
      checkSame(checkKind(early, 'rejected', 'a message from the future').reason, 'stale_timestamp', 'the reason');
      checkKind(await at(webhook.receivedAt.add({ minutes: 4 })), 'events', 'a message that took four minutes');
    },
  },
  {
    id: 52,
    group: GROUP,
    title: 'The bytes count as they came: written anew, they prove nothing new',
    requirements: ['S0.31'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { webhook, event } = await stage.paidMessage();
      const text = Buffer.from(webhook.body).toString();
      const variants: Record<string, string> = {
        'a mark before them': `\uFEFF${text}`,
        'a line behind them': `${text}\r\n`,
        'a blank before them': ` ${text}`,
        'written anew': text.startsWith('{') ? rewritten(text) : text.replaceAll('+', '%20'),
        'plus and blank exchanged': text.includes('%20') ? text.replaceAll('%20', '+') : `${text}+`,
        'the same twice': `${text}${text}`,
      };
      for (const [what, variant] of Object.entries(variants)) {
        if (variant === text) continue;
        checkNoLie(stage, await stage.parse({ ...webhook, body: Buffer.from(variant) }), event, what);
      }
    },
  },
];

/** What must be told is decided by what can happen, and not by what a double cares to list. */
function storiesOf({ capabilities, kind }: World): readonly Story[] {
  return [
    ...(['paid', 'declined'] as const),
    ...(capabilities.capture ? (['authorized', 'captured'] as const) : []),
    ...(capabilities.refund ? (['refunded'] as const) : []),
    ...(kind.traits.tells.disputed ? (['disputed'] as const) : []),
  ];
}

/** Something happens that a provider tells of. */
async function tell(stage: Stage, story: Story): Promise<void> {
  const { double } = stage;
  switch (story) {
    case 'paid':
      await stage.paid();
      return;
    case 'declined': {
      const begun = await stage.begin(endingAs(stage, 'declined'));
      const [code] = Object.keys(stage.traits.declines);
      await stage.completed(begun, await double.decline(begun, present(code, 'a reason for a decline')));
      return;
    }
    case 'authorized':
      await stage.authorized();
      return;
    case 'captured':
      await stage.capture(stage.captureInput(await stage.authorized()));
      return;
    case 'refunded':
      await stage.refund(stage.refundInput(await stage.paid()));
      await double.settle();
      return;
    case 'disputed':
      await staged(
        double.dispute,
        'dispute a payment',
      )(await stage.paid(double.disputing === undefined ? {} : { method: double.disputing }));
      return;
  }
}

/** `attempt captured`, `refund succeeded?`: what an event is about, where it stands, and whether it is only a hint. */
export function wordsOf({ fact, authoritative }: ProviderEvent): string {
  const hint = authoritative ? '' : '?';
  switch (fact.about) {
    case 'attempt':
      return `attempt ${fact.report.state}${hint}`;
    case 'capture':
      return `capture ${fact.capture.state}${hint}`;
    case 'refund':
      return `refund ${fact.refund.state}${hint}`;
    case 'reversal':
      return `reversal ${fact.reversal.state}${hint}`;
    case 'dispute':
      return `dispute ${fact.dispute.state}${hint}`;
  }
}

/** The headers that prove a message: those that another signature changes, and the times that are signed with it. */
function provingHeaders({ double }: Stage, webhook: RawWebhook): RawWebhook['headers'] {
  const other = double.withSignature(webhook, null).headers;
  const isProof = ([name]: [string, unknown]) => other[name] === undefined || /timestamp/.test(name);
  return Object.fromEntries(Object.entries(webhook.headers).filter(isProof));
}

function* placesIn(length: number): Generator<number> {
  const step = Math.max(1, Math.floor(length / PLACES));
  for (let at = 0; at < length; at += step) yield at;
}

/** Where every byte is proven a changed message is rejected; elsewhere it may at most say the same as before. */
function checkNoLie({ traits }: Stage, outcome: WebhookOutcome, truth: ProviderEvent, what: string): void {
  if (outcome.kind === 'rejected') return;
  check(outcome.kind === 'events' && traits.proves !== 'every_byte', `${what}, and it is taken`);
  for (const { attempt, fact } of outcome.events) {
    checkSame({ attempt, fact }, { attempt: truth.attempt, fact: truth.fact }, `${what}, and it tells`);
  }
}

function rewritten(json: string): string {
  const compact = JSON.stringify(JSON.parse(json));
  return compact === json ? JSON.stringify(JSON.parse(json), null, 1) : compact;
}
