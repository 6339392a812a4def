import { instantFromWire } from '../../partner-profiles/wire-instant.ts';
import type { PayerTask } from '../../provider-certification.ts';
import type { PaymentState } from '../partner-reports.ts';
import type { Findings } from './findings.ts';
import { type Stage, type StagedOrder, stageOrder } from './stage.ts';
import { type Ended, endTold, showTold, stateOf, toldOf, waitForEnd, waitUntil } from './wait-for-end.ts';

type Asked = 'done' | 'asked' | 'failed';

/** A shopper pays, and the notification says so. */
export async function payHappily(stage: Stage, found: Findings): Promise<void> {
  const order = await stageOrder(stage, found);
  const how = await pay(stage, found, order, 'approve');
  const ended = await waitForEnd(stage, found, order, stage.around.waitMsMax);
  if (stateReached(stage, ended) === 'captured') stage.orders.set('paid', order);
  expectEnd(stage, found, how, ended, 'captured');
  const { told } = ended;
  if (told === null || endTold(stage, told) !== 'captured') return;
  const { profile } = stage;
  if (profile.reference === 'providerRef') {
    const isSame = told.values.providerRef === order.providerRef;
    found.expect(
      'The notification has the providerRef of the creation.',
      isSame,
      'The notification has another providerRef than the creation.',
    );
  }
  if (!profile.messages.ipn.fields.some((field) => 'means' in field && field.means === 'paidAt')) return;
  const paidAt = instantFromWire(told.values.paidAt);
  found.expect(
    'The notification says when it was paid (paidAt).',
    paidAt !== null,
    'The notification has no paidAt that can be read.',
  );
}

/** A shopper who changes their mind ends the payment. */
export async function cancelByShopper(stage: Stage, found: Findings): Promise<void> {
  const order = await stageOrder(stage, found);
  const how = await pay(stage, found, order, 'cancel');
  expectEnd(stage, found, how, await waitForEnd(stage, found, order, stage.around.waitMsMax), 'canceled');
}

/** Nobody comes: the payment ends by itself when its time is up. */
export async function abandon(stage: Stage, found: Findings): Promise<void> {
  const { call, around } = stage;
  const { lifetimeSeconds, waitMsMax } = around;
  const order = await stageOrder(stage, found, { expiresAt: call.clock.now().add({ seconds: lifetimeSeconds }) });
  const ended = await waitForEnd(stage, found, order, lifetimeSeconds * 1_000 + waitMsMax);
  expectEnd(stage, found, 'done', ended, 'expired');
  if (ended.told === null) return;
  const at = ended.told.notification.request.receivedAt;
  const isEarly = at.epochMilliseconds < order.input.expiresAt.epochMilliseconds - 1_000;
  found.expect('It does not end before its time.', !isEarly, `It ended at ${at}, before its ${order.input.expiresAt}.`);
}

/** No notification arrives: asking for the order says how it ended. */
export async function findStuckOrder(stage: Stage, found: Findings): Promise<void> {
  const { around, call } = stage;
  const order = await stageOrder(stage, found);
  const { inbox, waitMsMax } = around;
  const ids = Buffer.from(order.orderId);
  inbox?.turnAway?.(({ body }) => Buffer.from(body).includes(ids));
  try {
    const how = await pay(stage, found, order, 'approve');
    const isToldPaid = async () =>
      (await toldOf(stage, order.orderId)).some((one) => endTold(stage, one) === 'captured');
    let asked: PaymentState | null = null;
    let [polls, toldForMs] = [0, 0];
    await waitUntil(stage, waitMsMax, async () => {
      if (polls++ % POLLS_PER_QUESTION === 0) asked = await stateOf(stage, found, order, true);
      if (await isToldPaid()) toldForMs += 1_000;
      return asked === 'captured' || toldForMs > Math.min(waitMsMax, CONVERGENCE_MS);
    });
    asked = await stateOf(stage, found, order, false);
    const wasToldPaid = await isToldPaid();
    if (asked === 'captured' || wasToldPaid) stage.orders.set('stuck', order);
    if (asked !== 'captured' && !wasToldPaid) nobodyPaid(found, how, around.waitMsMax);
    showTold(stage, found, (await toldOf(stage, order.orderId)).slice(0, 1));
    if (inbox?.turnAway !== undefined) {
      const title = 'Its notifications were turned away with 503, as by a gateway that is down.';
      found.evidence.push({ kind: 'note', at: call.clock.now(), title });
    }
    found.expect(
      'Asking for the order tells that it was paid.',
      asked === 'captured',
      `It was paid, as its notification says, and asking for it says ${asked ?? 'nothing certain'}.`,
    );
  } finally {
    inbox?.turnAway?.(null);
  }
}

/** A partner is not asked every second while a person looks for their telephone. */
const POLLS_PER_QUESTION = 5;

/** A payment that was told as paid has to be found as paid within this time. */
const CONVERGENCE_MS = 60_000;

async function pay(stage: Stage, found: Findings, order: StagedOrder, action: PayerTask['action']): Promise<Asked> {
  const { orderId, providerRef, redirectUrl, qrPayload, input } = order;
  const how = await stage.around.payer.act({
    action,
    orderId,
    providerRef,
    redirectUrl,
    qrPayload,
    money: input.amount,
  });
  const what = action === 'approve' ? 'approve' : 'cancel';
  const title =
    how === 'done'
      ? `The partner’s own control was told to ${what} the payment.`
      : how === 'asked'
        ? `A person was asked to ${what} the payment.`
        : `The partner’s own control did not ${what} the payment.`;
  found.evidence.push({ kind: 'note', at: stage.call.clock.now(), title });
  if (how === 'failed') found.halt('needs_person', `${title} Check the control file, or let a person do it.`);
  return how;
}

function stateReached(stage: Stage, { told, asked }: Ended): PaymentState | null {
  return told === null ? asked : endTold(stage, told);
}

const WORDS: Readonly<Record<PaymentState, string>> = {
  pending: 'not ended',
  captured: 'paid',
  declined: 'declined',
  canceled: 'canceled',
  expired: 'expired',
};

function expectEnd(stage: Stage, found: Findings, how: Asked, ended: Ended, wanted: PaymentState): void {
  const { told, asked } = ended;
  const isEnded = told !== null || (asked !== null && asked !== 'pending');
  if (!isEnded) nobodyPaid(found, how, stage.around.waitMsMax);
  if (stage.around.inbox === null) {
    found.expect(
      `The partner says, when asked, that it was ${WORDS[wanted]}.`,
      asked === wanted,
      `It says ${asked === null ? 'nothing certain' : WORDS[asked]}.`,
    );
    return;
  }
  const came = found.expect(
    'A notification tells of the end.',
    told !== null,
    `No notification came, though the order is ${asked === null ? 'over' : WORDS[asked]} when asked about.`,
  );
  if (!came || told === null) return;
  const state = endTold(stage, told);
  found.expect(
    `It tells that the payment was ${WORDS[wanted]}.`,
    state === wanted,
    `It tells ${String(told.values.status)}.`,
  );
}

function nobodyPaid(found: Findings, how: Asked, waitMsMax: number): void {
  const seconds = Math.round(waitMsMax / 1_000);
  if (how === 'asked')
    found.halt('needs_person', `Nobody did it within ${seconds} s. Run this case again and follow the link.`);
  found.expect(
    'The payment ends.',
    false,
    'The payment did not end: no notification came, and asking says that it is open.',
  );
}
