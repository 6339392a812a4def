import { assert, present } from '../kernel/assert.ts';
import { Problem } from '../kernel/problem.ts';
import type { RetrieveAnswer } from '../providers/provider.ts';
import type { Attempt } from './attempt.ts';
import { newCapture } from './decide-capture.ts';
import { MANY_REFUNDS, PAID } from './decide-fixture.ts';
import { newRefund } from './decide-refund.ts';
import { newReversal } from './decide-reversal.ts';
import type { Making, SuccessPolicy } from './decision.ts';
import { keepMoney, type MoneyKeeper, type Reached } from './money-keeper-fixture.ts';
import type { Operation } from './operation.ts';
import { capturableAmount, refundableAmount } from './payment.ts';
import { NOON, sampleAttempt, samplePayment } from './payment-fixture.ts';
import {
  factOf,
  type ModelOperation,
  modelProvider,
  type Notice,
  type ProviderModel,
} from './provider-model-fixture.ts';
import type { Signal, SignalSource } from './signal.ts';

/**
 * How a request fares. `lost`: carried out, the answer lost. `never`: lost on its way, so in doubt too. `crash`: carried
 * out, and we die before we can say anything of it.
 */
export type Path = 'answered' | 'lost' | 'never' | 'crash';

export interface Setting {
  readonly automatic: boolean;
  /** Whether the provider lists the capture of an automatic charge. */
  readonly lists: boolean;
  readonly policy: SuccessPolicy;
}

interface Wanted {
  readonly noun: ModelOperation['noun'];
  /** null: all that is left. */
  readonly amount: bigint | null;
  readonly final: boolean;
  readonly ending: ModelOperation['state'];
}

/** A gateway of one payment and its provider, joined by calls that may be lost and notifications that may be anything. */
export class GatewayModel {
  readonly provider: ProviderModel;
  readonly keeper: MoneyKeeper;
  /** Notes of proof that was set aside. */
  readonly setAside: string[] = [];
  readonly setting: Setting;
  /** What the provider will make of an operation when it first reads its request, by our id. */
  readonly #endings = new Map<string, ModelOperation['state']>();
  #made = 0;

  constructor(setting: Setting, reached?: Reached) {
    this.setting = setting;
    this.provider = modelProvider(setting.lists);
    const captureMethod = setting.automatic ? 'automatic' : 'manual';
    this.keeper = keepMoney(samplePayment({ captureMethod, attemptsMax: 2 }), setting.policy, reached);
  }

  apply(source: SignalSource, signal: Signal): ReturnType<MoneyKeeper['apply']> {
    const decision = this.keeper.apply(source, signal);
    if (decision.outcome === 'quarantined') this.setAside.push(decision.note);
    return decision;
  }

  /** What a tenant or shopper asks for; false where it is refused. */
  ask(signal: Signal): boolean {
    try {
      this.apply('tenant', signal);
      return true;
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
  }

  confirm(path: Path): void {
    const attemptId = `att_${this.#made++}`;
    const attempt = sampleAttempt({ attemptId });
    if (this.ask({ kind: 'attempt_started', attempt })) this.#create(attemptId, path, 'first');
  }

  operate({ noun, amount, final, ending }: Wanted, path: Path): void {
    const intent = this.#intentOf(noun, amount, final);
    if (intent === null || !this.ask(intent.signal)) return;
    this.#endings.set(intent.id, ending);
    this.#send(noun, intent.id, path);
  }

  release(path: Path): void {
    const { lastAttemptId } = this.keeper.kept.payment;
    if (lastAttemptId !== null && this.ask({ kind: 'release_requested' })) this.#release(lastAttemptId, path);
  }

  /** Delivers one of the notifications under way, as process-inbound.ts does; `kept`: it will come again. */
  deliver(index: number, kept: boolean): void {
    const { notices } = this.provider;
    const notice = notices[index % notices.length];
    if (notice === undefined) return;
    if (!kept) notices.splice(index % notices.length, 1);
    const signal = signalOf(notice);
    if (this.apply('notification', signal).outcome !== 'deferred') return;
    this.sync(notice.attemptId);
    if (signal.kind !== 'attempt_reported') this.apply('notification', signal);
  }

  /** As sync-attempt.ts. */
  sync(attemptId: string): void {
    const attempt = present(this.keeper.kept.attempts.get(attemptId), 'the attempt');
    if (attempt.state === 'authorized' && attempt.releaseRequestedAt !== null) this.#release(attemptId, 'answered');
    const answer = this.provider.retrieve(attemptId);
    if (answer === null) {
      if (attempt.state === 'dispatched' || attempt.state === 'unknown') this.#create(attemptId, 'answered', 'repeat');
      return;
    }
    for (const signal of signalsOf(attempt, answer)) this.apply('poll', signal);
  }

  /** Whether we know that the payment's money is this attempt's. */
  isOwnMoney(attemptId: string): boolean {
    const { payment, attempts } = this.keeper.kept;
    const state = attempts.get(attemptId)?.state;
    return payment.lastAttemptId === attemptId && (state === 'authorized' || state === 'captured');
  }

  /** Whether we have heard of every capture of a charge: only then do we understand that one of them is taken back. */
  knowsCaptures(attemptId: string): boolean {
    const known = new Set([...this.keeper.kept.captures.values()].map(({ providerRef }) => providerRef));
    const { operations } = present(this.provider.charges.get(attemptId), 'the charge');
    return operations.every(({ noun, ref }) => noun !== 'capture' || known.has(ref));
  }

  /** Does what the sync worker does when everything is due. */
  work(): void {
    const { attempts } = this.keeper.kept;
    for (const { attemptId, syncDueAt } of [...attempts.values()]) if (syncDueAt !== null) this.sync(attemptId);
    for (const [noun, id, { dispatch, attemptId }] of this.pending()) {
      if (dispatch === 'acknowledged') this.sync(attemptId);
      else this.#send(noun, id, 'answered');
    }
  }

  /** The worker's repeats alone: of attempts, operations and releases whose answer never came. */
  repeatInDoubt(): void {
    const { attempts } = this.keeper.kept;
    for (const { attemptId, state, releaseRequestedAt } of [...attempts.values()]) {
      if (state === 'dispatched' || state === 'unknown') this.#create(attemptId, 'answered', 'repeat');
      if (state === 'authorized' && releaseRequestedAt !== null) this.#release(attemptId, 'answered');
    }
    for (const [noun, id, { dispatch }] of this.pending()) {
      if (dispatch !== 'acknowledged') this.#send(noun, id, 'answered');
    }
  }

  /** Operations without an outcome. */
  pending(): readonly (readonly [noun: ModelOperation['noun'], id: string, operation: Operation])[] {
    const { captures, refunds, reversals } = this.keeper.kept;
    const all = [
      ...[...captures].map(([id, one]) => ['capture', id, one] as const),
      ...[...refunds].map(([id, one]) => ['refund', id, one] as const),
      ...[...reversals].map(([id, one]) => ['reversal', id, one] as const),
    ];
    return all.filter(([, , { status }]) => status === 'pending');
  }

  #intentOf(noun: Wanted['noun'], wanted: bigint | null, final: boolean): { id: string; signal: Signal } | null {
    const { payment, attempts } = this.keeper.kept;
    const attempt = attempts.get(payment.lastAttemptId ?? '');
    if (attempt === undefined) return null;
    const making: Making = { now: NOON, newId: (prefix) => `${prefix}_${this.#made++}` };
    if (noun === 'capture') {
      const amount = wanted ?? capturableAmount(payment);
      const capture = newCapture(payment, attempt, making, { amount, madeBy: 'tenant', final });
      return amount === 0n ? null : { id: capture.captureId, signal: { kind: 'capture_requested', capture } };
    }
    if (noun === 'refund') {
      const amount = wanted ?? refundableAmount(payment);
      const its = { amount, madeBy: 'tenant', reason: 'returned', reference: null } as const;
      const refund = newRefund(payment, attempt, making, its);
      return amount === 0n
        ? null
        : { id: refund.refundId, signal: { kind: 'refund_requested', refund, capability: MANY_REFUNDS } };
    }
    const reversal = newReversal(payment, attempt, making, { madeBy: 'tenant', reason: 'unacknowledged' });
    return { id: reversal.reversalId, signal: { kind: 'reversal_requested', reversal } };
  }

  #create(attemptId: string, path: Path, send: 'first' | 'repeat'): void {
    if (path !== 'never') this.provider.open(attemptId, this.setting.automatic);
    if (path === 'crash') return;
    const answer = path === 'answered' ? this.provider.retrieve(attemptId) : null;
    if (answer !== null) this.apply('provider_answer', attemptSignal(attemptId, answer));
    else if (send === 'first') this.apply('provider_answer', { kind: 'attempt_unknown', attemptId, reason: 'timeout' });
  }

  #send(noun: Wanted['noun'], id: string, path: Path): void {
    const { captures, refunds, reversals } = this.keeper.kept;
    const row = present({ capture: captures, refund: refunds, reversal: reversals }[noun].get(id), 'the operation');
    const final = 'final' in row ? row.final : true;
    const wish = { noun, key: id, amount: row.amount, final, state: this.#endings.get(id) ?? 'succeeded' };
    const made = path === 'never' ? null : this.provider.operate(row.attemptId, wish);
    if (path === 'crash') return;
    if (path !== 'answered') this.apply('provider_answer', doubtAbout(noun, id));
    else if (made === null) this.apply('provider_answer', refusalOf(noun, id));
    else this.apply('provider_answer', signalOf({ attemptId: row.attemptId, fact: factOf(made) }));
  }

  #release(attemptId: string, path: Path): void {
    const charge = present(this.provider.charges.get(attemptId), 'the charge');
    if (path === 'never') return;
    const done = charge.state === 'canceled' || charge.closedBy === 'release';
    const given = this.provider.end(attemptId, 'release') || done;
    if (path !== 'answered') return;
    const answer = this.provider.retrieve(attemptId);
    assert(answer !== null, 'a charge that was released can be asked about');
    if (given) this.apply('provider_answer', attemptSignal(attemptId, answer));
    else this.apply('provider_answer', { kind: 'release_refused', attemptId, code: 'state_conflict' });
  }
}

function doubtAbout(noun: Wanted['noun'], id: string): Signal {
  const reason = 'timeout';
  if (noun === 'capture') return { kind: 'capture_unknown', captureId: id, reason };
  if (noun === 'refund') return { kind: 'refund_unknown', refundId: id, reason };
  return { kind: 'reversal_unknown', reversalId: id, reason };
}

function refusalOf(noun: Wanted['noun'], id: string): Signal {
  const code = 'refused';
  if (noun === 'capture') return { kind: 'capture_refused', captureId: id, code };
  if (noun === 'refund') return { kind: 'refund_refused', refundId: id, code };
  return { kind: 'reversal_refused', reversalId: id, code };
}

/** As process-inbound.ts. */
function signalOf({ attemptId, fact }: Notice): Signal {
  switch (fact.about) {
    case 'attempt':
      return { kind: 'attempt_reported', attemptId, providerRef: `ref_${attemptId}`, report: fact.report };
    case 'capture':
      return { kind: 'capture_reported', attemptId, report: fact.capture };
    case 'refund':
      return { kind: 'refund_reported', attemptId, report: fact.refund };
    case 'reversal':
      return { kind: 'reversal_reported', attemptId, report: fact.reversal };
    case 'dispute':
      return { kind: 'dispute_reported', attemptId, report: fact.dispute };
  }
}

type Picture = RetrieveAnswer & { readonly kind: 'answered' };

function attemptSignal(attemptId: string, { providerRef, report }: Picture): Signal {
  return { kind: 'attempt_reported', attemptId, providerRef, report };
}

/** The order of sync-attempt.ts. */
function signalsOf({ attemptId, state }: Attempt, answer: Picture): readonly Signal[] {
  const { providerRef, report } = answer;
  const itself = attemptSignal(attemptId, answer);
  const captures = answer.captures.map((one): Signal => ({ kind: 'capture_reported', attemptId, report: one }));
  const first: Signal[] = [];
  if (report.state === 'captured' && captures.length > 0 && state !== 'authorized') {
    first.push({ kind: 'attempt_reported', attemptId, providerRef, report: { state: 'authorized', amount: PAID } });
  }
  return [
    ...first,
    ...(report.state === 'authorized' ? [itself, ...captures] : [...captures, itself]),
    ...answer.refunds.map((one): Signal => ({ kind: 'refund_reported', attemptId, report: one })),
    ...answer.reversals.map((one): Signal => ({ kind: 'reversal_reported', attemptId, report: one })),
    ...answer.disputes.map((one): Signal => ({ kind: 'dispute_reported', attemptId, report: one })),
  ];
}
