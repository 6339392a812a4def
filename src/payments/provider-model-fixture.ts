import { present } from '../kernel/assert.ts';
import type { AttemptReport, OperationReport, RetrieveAnswer } from '../providers/provider.ts';
import type { ProviderEvent } from '../providers/provider-webhook.ts';
import { PAID } from './decide-fixture.ts';
import { NOON } from './payment-fixture.ts';

export type OperationNoun = 'capture' | 'refund' | 'reversal';
type OperationState = OperationReport['state'];

/** An operation in a provider's books. `key`: our id; null for one made at its console. */
export interface ModelOperation {
  readonly noun: OperationNoun;
  readonly key: string | null;
  readonly ref: string;
  readonly amount: bigint;
  readonly final: boolean;
  state: OperationState;
}

interface ModelDispute {
  readonly ref: string;
  state: 'opened' | 'under_review' | 'won' | 'lost';
  withdrawn: bigint;
  reinstated: bigint;
  asOf: Temporal.Instant;
}

export type ChargeState = 'pending' | 'authorized' | 'captured' | 'declined' | 'canceled' | 'expired';

/** What a provider knows of one attempt. */
export interface ModelCharge {
  readonly attemptId: string;
  readonly automatic: boolean;
  state: ChargeState;
  authorized: bigint;
  /** Money that an automatic charge took, while the provider shows no capture for it. */
  takenAtOnce: bigint;
  closedBy: 'capture' | 'release' | 'lapse' | null;
  readonly operations: ModelOperation[];
  readonly disputes: ModelDispute[];
}

/** A notification on its way. */
export interface Notice {
  readonly attemptId: string;
  readonly fact: ProviderEvent['fact'];
}

/** A provider that does exactly what it is asked, once for each key, and tells of every change. */
export interface ProviderModel {
  readonly charges: ReadonlyMap<string, ModelCharge>;
  readonly notices: Notice[];
  readonly open: (attemptId: string, automatic: boolean) => ModelCharge;
  /** The payer's bank answers. `authorized` moves on to `captured` by itself where the charge is automatic. */
  readonly decide: (attemptId: string, to: 'authorized' | 'approved' | 'declined' | 'canceled' | 'expired') => boolean;
  readonly end: (attemptId: string, by: 'release' | 'lapse') => boolean;
  /** null: refused. */
  readonly operate: (attemptId: string, wish: Omit<ModelOperation, 'ref'>) => ModelOperation | null;
  readonly settle: (attemptId: string, ref: string, to: OperationState) => boolean;
  readonly dispute: (attemptId: string, step: 'open' | 'review' | 'won' | 'lost' | 'withdraw' | 'reinstate') => boolean;
  readonly retrieve: (attemptId: string) => (RetrieveAnswer & { readonly kind: 'answered' }) | null;
}

/** `lists`: whether the provider shows the capture of an automatic charge as one of its captures. */
export function modelProvider(lists: boolean): ProviderModel {
  const charges = new Map<string, ModelCharge>();
  const notices: Notice[] = [];
  let made = 0;
  const of = (attemptId: string) => present(charges.get(attemptId), 'the charge');
  const tell = (attemptId: string, fact: Notice['fact']) => notices.push({ attemptId, fact });
  const tellState = ({ attemptId, ...charge }: ModelCharge, before: ChargeState) => {
    if (charge.state !== before) tell(attemptId, { about: 'attempt', report: reportOf({ attemptId, ...charge }) });
  };
  const takeAll = (charge: ModelCharge) => {
    charge.state = 'captured';
    if (!lists) {
      charge.takenAtOnce = charge.authorized;
      return;
    }
    const capture = { noun: 'capture', key: null, ref: `op_${made++}`, amount: charge.authorized } as const;
    const operation: ModelOperation = { ...capture, final: true, state: 'succeeded' };
    charge.operations.push(operation);
    tell(charge.attemptId, factOf(operation));
  };
  return {
    charges,
    notices,
    open(attemptId, automatic) {
      const known = charges.get(attemptId);
      if (known !== undefined) return known;
      const charge: ModelCharge = {
        ...{ attemptId, automatic, state: 'pending', authorized: 0n, takenAtOnce: 0n, closedBy: null },
        ...{ operations: [], disputes: [] },
      };
      charges.set(attemptId, charge);
      return charge;
    },
    decide(attemptId, to) {
      const charge = of(attemptId);
      const before = charge.state;
      const late = before === 'declined' && (to === 'authorized' || to === 'approved');
      const untouched = charge.automatic && charge.closedBy === null && charge.operations.length === 0;
      const draws = before === 'authorized' && untouched && to === 'approved';
      if (before !== 'pending' && !late && !draws) return false;
      if (to !== 'authorized' && to !== 'approved') charge.state = to;
      else {
        charge.authorized = PAID.amount;
        charge.state = 'authorized';
        if (charge.automatic && to === 'approved') takeAll(charge);
      }
      tellState(charge, before);
      return true;
    },
    end(attemptId, by) {
      const charge = of(attemptId);
      const before = charge.state;
      if (before !== 'authorized' || sumOf(charge, 'capture', ['pending']) > 0n) return false;
      charge.closedBy = by;
      charge.state = stateOf(charge);
      tellState(charge, before);
      return true;
    },
    operate(attemptId, wish) {
      const charge = of(attemptId);
      const known = charge.operations.find(({ noun, key }) => key !== null && noun === wish.noun && key === wish.key);
      if (known !== undefined) return known;
      if (!mayOperate(charge, wish)) return null;
      // Captures of automatic charges do not fail: a failed one could not be told from the one that has no name yet.
      const fails = wish.state === 'failed' && wish.noun === 'capture' && charge.automatic;
      const operation: ModelOperation = { ...wish, state: fails ? 'succeeded' : wish.state, ref: `op_${made++}` };
      const before = charge.state;
      charge.operations.push(operation);
      charge.state = stateAfter(charge, operation);
      tell(attemptId, factOf(operation));
      tellState(charge, before);
      return operation;
    },
    settle(attemptId, ref, to) {
      const charge = of(attemptId);
      const operation = charge.operations.find((one) => one.ref === ref);
      if (operation === undefined || !maySettle(charge, operation, to)) return false;
      const before = charge.state;
      operation.state = to;
      charge.state = stateAfter(charge, operation);
      tell(attemptId, factOf(operation));
      tellState(charge, before);
      return true;
    },
    dispute(attemptId, step) {
      const charge = of(attemptId);
      if (!moveDispute(charge, step, made++)) return false;
      tell(attemptId, factOfDispute(present(charge.disputes[0], 'the dispute')));
      return true;
    },
    retrieve(attemptId) {
      const charge = charges.get(attemptId);
      return charge === undefined ? null : pictureOf(charge);
    },
  };
}

export function sumOf(charge: ModelCharge, noun: OperationNoun, states: readonly OperationState[]): bigint {
  const listed = charge.operations.filter((one) => one.noun === noun && states.includes(one.state));
  const unlisted = noun === 'capture' && states.includes('succeeded') ? charge.takenAtOnce : 0n;
  return listed.reduce((sum, { amount }) => sum + amount, unlisted);
}

function mayOperate(charge: ModelCharge, { noun, amount }: Omit<ModelOperation, 'ref'>): boolean {
  const captured = sumOf(charge, 'capture', ['succeeded']);
  const refunded = sumOf(charge, 'refund', ['pending', 'succeeded']);
  const reversed = sumOf(charge, 'reversal', ['pending', 'succeeded']);
  switch (noun) {
    case 'capture': {
      const room = charge.authorized - captured - sumOf(charge, 'capture', ['pending']);
      return charge.state === 'authorized' && charge.closedBy === null && amount <= room;
    }
    case 'refund':
      return captured > 0n && reversed === 0n && amount <= captured - refunded;
    case 'reversal':
      return charge.state === 'captured' && reversed + refunded === 0n && amount === captured && captured > 0n;
  }
}

function maySettle(charge: ModelCharge, { noun, state, amount }: ModelOperation, to: OperationState): boolean {
  if (noun === 'capture' && charge.automatic && to === 'failed') return false;
  if (state === 'pending') return to !== 'pending';
  if (state !== 'succeeded' || to !== 'failed' || noun === 'reversal') return false;
  if (noun === 'refund') return sumOf(charge, 'reversal', ['pending', 'succeeded']) === 0n;
  const gone = sumOf(charge, 'refund', ['pending', 'succeeded']) + sumOf(charge, 'reversal', ['pending', 'succeeded']);
  // Providers differ in what becomes of a charge that lost all its captures, so none does here.
  return sumOf(charge, 'capture', ['succeeded']) > amount && gone === 0n;
}

/** Where a charge stands after one of its operations moved. Once captured it stays so. */
function stateAfter(charge: ModelCharge, { noun, final, state }: ModelOperation): ChargeState {
  if (noun !== 'capture' || charge.state === 'captured') return charge.state;
  if (final) charge.closedBy = state === 'failed' ? null : 'capture';
  return stateOf(charge);
}

function stateOf(charge: ModelCharge): ChargeState {
  const captured = sumOf(charge, 'capture', ['succeeded']);
  if (sumOf(charge, 'capture', ['pending']) > 0n) return 'authorized';
  if (captured === charge.authorized) return 'captured';
  if (charge.closedBy === null) return 'authorized';
  if (captured > 0n) return 'captured';
  return charge.closedBy === 'lapse' ? 'expired' : 'canceled';
}

const DISPUTE_STEPS = { review: 'under_review', won: 'won', lost: 'lost' } as const;

function moveDispute(charge: ModelCharge, step: Parameters<ProviderModel['dispute']>[1], made: number): boolean {
  const asOf = NOON.add({ seconds: made + 1 });
  const [dispute] = charge.disputes;
  if (step === 'open') {
    if (dispute !== undefined || sumOf(charge, 'capture', ['succeeded']) === 0n) return false;
    charge.disputes.push({ ref: `dsp_${made}`, state: 'opened', withdrawn: 0n, reinstated: 0n, asOf });
    return true;
  }
  if (dispute === undefined) return false;
  if (step === 'withdraw') {
    if (dispute.withdrawn > dispute.reinstated) return false;
    dispute.withdrawn += 500n;
  } else if (step === 'reinstate') {
    if (dispute.withdrawn === dispute.reinstated) return false;
    dispute.reinstated += 500n;
  } else {
    if (dispute.state === DISPUTE_STEPS[step]) return false;
    dispute.state = DISPUTE_STEPS[step];
  }
  dispute.asOf = asOf;
  return true;
}

function reportOf(charge: ModelCharge): AttemptReport {
  const { state } = charge;
  const captured = sumOf(charge, 'capture', ['succeeded']);
  switch (state) {
    case 'authorized':
      return { state, amount: { ...PAID, amount: charge.authorized } };
    case 'captured':
      return { state, amount: { ...PAID, amount: captured } };
    case 'declined':
      return { state, decline: { reason: 'do_not_honor' } };
    case 'canceled':
    case 'expired':
      return charge.authorized > 0n ? { state, afterAuthorization: true } : { state };
    case 'pending':
      return { state };
  }
}

function operationReportOf({ ref, amount, state }: ModelOperation): OperationReport {
  return { providerRef: ref, amount: { ...PAID, amount }, state };
}

/** An operation as a notification, or an answer, tells it. */
export function factOf(operation: ModelOperation): Exclude<Notice['fact'], { about: 'attempt' | 'dispute' }> {
  const { noun, key, final } = operation;
  const report = operationReportOf(operation);
  switch (noun) {
    case 'capture':
      return { about: noun, capture: { ...report, captureId: key, final } };
    case 'refund':
      return { about: noun, refund: { ...report, refundId: key } };
    case 'reversal':
      return { about: noun, reversal: { ...report, reversalId: key } };
  }
}

function factOfDispute(dispute: ModelDispute): Notice['fact'] & { about: 'dispute' } {
  const { ref, ...rest } = dispute;
  return { about: 'dispute', dispute: { ...rest, providerRef: ref, amount: PAID, reason: 'fraudulent' } };
}

function pictureOf(charge: ModelCharge): RetrieveAnswer & { readonly kind: 'answered' } {
  const facts = charge.operations.map(factOf);
  return {
    kind: 'answered',
    providerRef: `ref_${charge.attemptId}`,
    report: reportOf(charge),
    captures: facts.flatMap((fact) => (fact.about === 'capture' ? [fact.capture] : [])),
    refunds: facts.flatMap((fact) => (fact.about === 'refund' ? [fact.refund] : [])),
    reversals: facts.flatMap((fact) => (fact.about === 'reversal' ? [fact.reversal] : [])),
    disputes: charge.disputes.map((dispute) => factOfDispute(dispute).dispute),
  };
}
