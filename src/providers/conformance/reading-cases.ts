/** F, third part: what follows from notifications that are the provider's. */
import { newId } from '../../kernel/id.ts';
import type { RawWebhook } from '../provider-webhook.ts';
import { keepBooks } from './books.ts';
import type { ConformanceCase } from './case.ts';
import { check, checkKind, checkSame, NotStaged, staged } from './checks.ts';
import type { Begun } from './double.ts';
import type { Stage } from './stage.ts';

const GROUP = 'notifications';
const CARD = '4263982640269299';

export const READING_CASES: readonly ConformanceCase[] = [
  {
    id: 56,
    group: GROUP,
    title: 'Of several facts in one message each is told, and one that is not proven takes none of the others with it',
    requirements: ['S0.36'],
    needs: ['batches'],
    steps: async () => {
      throw new NotStaged('no double sends several facts at once');
    },
  },
  {
    id: 57,
    group: GROUP,
    title: 'A kind of message that nobody has documented is acknowledged and tells nothing',
    requirements: ['S0.36'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { webhook } = await stage.paidMessage();
      const unheard = stage.double.signed(webhook, { ofUnknownType: true });
      const outcome = await stage.parse(unheard);
      checkSame(checkKind(outcome, 'events', 'a message of an unknown kind').events, [], 'what it tells');
    },
  },
  {
    id: 58,
    group: GROUP,
    title: 'A payment that nobody here knows is told under its own name, and acknowledged',
    requirements: ['S2.10', 'S0.16'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { webhook } = await stage.paidMessage();
      const attemptId = newId('att', stage.double.clock);
      const outcome = await stage.parse(stage.double.signed(webhook, { attemptId }));
      const { events, replies } = checkKind(outcome, 'events', 'a true message about a stranger');
      for (const { attempt } of events) checkSame(attempt.attemptId, attemptId, 'whom it is about');
      check(replies.accepted.status === 200, 'it would come again for ever');
    },
  },
  {
    id: 59,
    group: GROUP,
    title: 'Another amount or currency than ours settles nothing, whoever tells it',
    requirements: ['S0.15', 'S2.8'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { webhook, begun } = await stage.paidMessage();
      const { amount, currency } = begun.input.amount;
      const other = currency === 'EUR' ? 'USD' : 'EUR';
      for (const changes of [{ amount: amount - 100n }, { amount: amount + 100n }, { currency: other }]) {
        await checkUnsettled(stage, begun, stage.double.signed(webhook, changes));
      }
      const { namesAmounts } = stage.traits;
      if (namesAmounts.includes('charge')) {
        const charge = await stage.charge();
        lieAboutAmount(stage);
        checkKind(await charge.send(), 'unknown', 'an answer with another amount');
      }
      if (namesAmounts.includes('refund')) {
        const wanted = stage.refundInput(await stage.paid());
        lieAboutAmount(stage);
        checkKind(await stage.refund(wanted), 'unknown', 'a refund of another amount');
      }
    },
  },
  {
    id: 60,
    group: GROUP,
    title: 'Whoever tries whether anybody listens is answered, and tells nothing',
    requirements: ['S0.40'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { clock } = stage.double;
      const asked = { query: {}, headers: {}, remoteAddress: '192.0.2.1', receivedAt: clock.now() };
      const empty = await stage.parse({ ...asked, method: 'GET', body: Buffer.alloc(0) });
      check(empty.kind !== 'events', 'an empty question was taken for a notification');
      for (const probe of stage.traits.probes) {
        const { reply } = checkKind(await stage.parse({ ...asked, ...probe }), 'probe', `a probe by ${probe.method}`);
        checkSame(reply.status, 200, 'its answer');
      }
    },
  },
  {
    id: 61,
    group: GROUP,
    title: 'The acknowledgement is to the letter what the provider waits for, and takes no question to anybody',
    requirements: ['S0.9', 'S1.20', 'S1.21'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { webhook } = await stage.paidMessage();
      const before = stage.line.seen.length;
      for (const { credentials: changes, reply } of stage.traits.acknowledgements) {
        const credentials = { ...(stage.credentials as object), ...changes };
        const outcome = await stage.parse(webhook, { credentials });
        const { accepted } = checkKind(outcome, 'events', 'a true notification').replies;
        checkSame(accepted, reply, 'the acknowledgement');
      }
      const { replies } = checkKind(await stage.parse(webhook), 'events', 'a true notification');
      checkSame(stage.line.seen.length, before, 'requests before it could be acknowledged');
      if (stage.capabilities.unacknowledged === 'repeats') return;
      check(replies.refused !== undefined && replies.refused.status !== 200, 'unwanted money cannot be refused');
    },
  },
  {
    id: 62,
    group: GROUP,
    title: "A sender is told by the connection's address alone, and by the provider's list where the account wants it",
    requirements: ['S2.8'],
    needs: ['source checks'],
    steps: async (world) => {
      const stage = await world.open();
      const { webhook } = await stage.paidMessage();
      const credentials = { ...(stage.credentials as object), checkSource: true };
      checkKind(await stage.parse(webhook, { credentials }), 'events', "from the provider's address");
      const mapped = { ...webhook, remoteAddress: `::ffff:${webhook.remoteAddress}` };
      checkKind(await stage.parse(mapped, { credentials }), 'events', 'the same, written as IPv6');
      const headers = { ...webhook.headers, 'x-forwarded-for': [webhook.remoteAddress] };
      const stranger = { ...webhook, headers, remoteAddress: '203.0.113.9' };
      const { reason } = checkKind(await stage.parse(stranger, { credentials }), 'rejected', 'from a stranger');
      checkSame(reason, 'wrong_source', 'the reason');
      checkKind(await stage.parse(stranger), 'events', 'from a stranger, where nobody asked for the check');
    },
  },
  {
    id: 63,
    group: GROUP,
    title: 'A hint moves nothing by itself: what the provider says when asked does',
    requirements: ['S0.12', 'S0.13'],
    needs: ['hints'],
    steps: async (world) => {
      const stage = await world.open();
      const begun = await stage.paid();
      const webhook = await staged(stage.double.hint, 'send a hint')(begun);
      const { events } = checkKind(await stage.parse(webhook), 'events', 'a hint');
      check(events.length > 0 && events.every(({ authoritative }) => !authoritative), 'the hint passes for proof');
      const forged = stage.double.signed(webhook, { attemptId: newId('att', stage.double.clock) });
      const books = keepBooks({ ...begun, ref: { ...begun.ref, ...stage.double.nobody } as Begun['ref'] });
      const outcome = await stage.parse(forged);
      if (outcome.kind === 'events') {
        const nobody = { ...begun, ref: stage.double.nobody as Begun['ref'] };
        await books.readAll(
          stage,
          nobody,
          outcome.events.map((event) => ({ event })),
        );
      }
      checkSame(books.payment.status, 'processing', 'a payment after a hint about a name that does not exist');
      const own = keepBooks(begun);
      await own.readAll(
        stage,
        begun,
        events.map((event) => ({ event })),
      );
      checkSame(own.payment.status, 'succeeded', 'a payment after a hint and the answer to the question');
    },
  },
  {
    id: 64,
    group: GROUP,
    title: 'A certificate is fetched from the provider alone',
    requirements: ['S0.23'],
    needs: ['certificates'],
    steps: async () => {
      throw new NotStaged('no double signs with a certificate that it names');
    },
  },
  {
    id: 65,
    group: GROUP,
    title: 'Of what a notification carries beside its facts, nothing comes through',
    requirements: ['S2.2', 'S0.37'],
    needs: [],
    steps: async (world) => {
      const stage = await world.open();
      const { webhook } = await stage.paidMessage();
      for (const planted of [CARD, 'ada@example.com', `${CARD.slice(0, 6)}******${CARD.slice(-4)}`]) {
        const outcome = await stage.parse(stage.double.signed(webhook, { planted }));
        const text = JSON.stringify(outcome, (_name, value: unknown) =>
          typeof value === 'bigint' ? `${value}` : value,
        );
        check(!text.includes(planted), `${planted} came through`);
        check(!stage.double.secrets.some((secret) => text.includes(secret)), 'a secret came through');
      }
    },
  },
];

function lieAboutAmount({ line, double }: Stage): void {
  const change = (answer: string) => double.withOtherAmount(answer);
  line.spoil((request) => double.isMovement(request), { kind: 'changed', change });
}

async function checkUnsettled(stage: Stage, begun: Begun, webhook: RawWebhook): Promise<void> {
  const outcome = await stage.parse(webhook);
  if (outcome.kind !== 'events') return;
  const books = keepBooks(begun);
  for (const event of outcome.events) {
    // What is a hint is asked about, and the answer is the provider's own.
    if (event.authoritative) await books.readAll(stage, begun, [{ event }]);
  }
  check(books.payment.status === 'processing', `another amount made the payment ${books.payment.status}`);
}
