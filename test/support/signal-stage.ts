import { expect } from 'vitest';
import type { ManualClock } from '../../src/kernel/clock.ts';
import type { Answer } from './api-client.ts';
import { type Installation, startInstallation } from './installation.ts';
import { type MoneyWatch, watchMoney } from './money-watch.ts';
import { type PaymentWatch, watchPayments } from './payment-watch.ts';
import { openConsole, type SandboxConsole } from './sandbox-console.ts';
import { holdNotifications, type SandboxNotifier } from './sandbox-notifier.ts';
import { startWebhookSink } from './webhook-sink.ts';

/** A payment and its one attempt. */
export interface Subject {
  readonly id: string;
  readonly attemptId: string;
}

/** An installation whose bank's notifications arrive when a test lets them. */
export interface SignalStage {
  readonly tollgate: Installation;
  readonly shop: PaymentWatch;
  readonly money: MoneyWatch;
  readonly bank: SandboxNotifier;
  /** The merchant at the bank, past the gateway. */
  readonly office: SandboxConsole;
  /** A payment that was confirmed by a token. */
  begin(fields: object, token?: string): Promise<Subject>;
  /** Asks the gateway for an operation on a payment. @throws where it refuses */
  act(payment: Subject, what: 'capture' | 'refunds' | 'reversals', body?: object): Promise<Answer['body']>;
  /** Lets the bank do what it has planned for the seconds to come. */
  later(seconds: number): Promise<void>;
  pictureOf(payment: Subject): Promise<PaymentPicture>;
  /** What was set aside for a person so far, of notifications and of signals, and why. */
  setAside(): Promise<readonly { readonly what: string; readonly why: string | null }[]>;
  close(): Promise<void>;
}

/** All that hangs on a payment and is the same for two payments with the same life. Lists are in alphabetical order. */
export interface PaymentPicture {
  readonly payment: Readonly<Record<string, unknown>>;
  readonly rows: readonly string[];
  readonly ledger: readonly string[];
  readonly events: readonly string[];
}

/** `environment` may lead the notifications or the calls of the gateway elsewhere. */
export async function openSignalStage(
  clock: ManualClock,
  environment: Readonly<Record<string, string>> = {},
): Promise<SignalStage> {
  const sink = await startWebhookSink();
  const tollgate = await startInstallation({ clock, environment: { TOLLGATE_HOOKS_URL: sink.url, ...environment } });
  const shop = watchPayments(tollgate);
  const lines = async (text: string, paymentId: string) =>
    (await tollgate.database.run<{ line: string }>(text, [paymentId])).map(({ line }) => line).sort();
  let keys = 0;
  return {
    tollgate,
    shop,
    money: watchMoney(tollgate),
    bank: await holdNotifications(tollgate, sink),
    office: await openConsole(tollgate),
    async begin(fields, token = 'tok_approve') {
      const { id } = await shop.create({ ...fields });
      const { latestAttempt } = await shop.confirm(id, token);
      return { id: String(id), attemptId: String(latestAttempt.id) };
    },
    async act({ id }, what, fields = {}) {
      const body = what === 'refunds' ? { reason: 'broken', ...fields } : fields;
      const idempotencyKey = `${what}-${keys++}`;
      const answer = await shop.merchant.send('POST', `/payments/${id}/${what}`, { body, idempotencyKey });
      expect(answer.status, answer.text).toBe(201);
      return answer.body;
    },
    async later(seconds) {
      clock.advance({ seconds });
      await tollgate.sandbox.tick();
    },
    async pictureOf({ id }) {
      const { status, amountCaptured, amountRefunded, amountCapturable, late, reversalId } = await shop.read(id);
      return {
        payment: { status, amountCaptured, amountRefunded, amountCapturable, late, reversed: reversalId !== null },
        rows: await lines(ROWS, id),
        ledger: await lines(LEDGER, id),
        events: await shop.eventTypes(id),
      };
    },
    setAside: () => tollgate.database.run(SET_ASIDE),
    async close() {
      await tollgate.close();
      await sink.close();
    },
  };
}

const ROWS = `
  select concat_ws(' ', 'attempt', state, sync_due_at is null) as line from attempts where payment_id = $1
  union all select concat_ws(' ', 'capture', amount, status, made_by, dispatch, final) from captures where payment_id = $1
  union all select concat_ws(' ', 'refund', amount, status, made_by, dispatch) from refunds where payment_id = $1
  union all select concat_ws(' ', 'reversal', amount, status, made_by, dispatch) from reversals where payment_id = $1
  union all select concat_ws(' ', 'dispute', status, amount_withdrawn, amount_reinstated) from disputes
    where payment_id = $1`;

const LEDGER = `
  select kind || ' ' || amount || ' ' || debit_account || ' > ' || credit_account as line
  from ledger_transfers where payment_id = $1`;

const SET_ASIDE = `
  select state as what, outcome as why from inbound_events where state in ('quarantined', 'unmatched', 'failed')
  union all select 'verdict', verdict from inbound_events where verdict not in ('accepted', 'duplicate')
  union all select kind, note from signals where outcome = 'quarantined'`;
