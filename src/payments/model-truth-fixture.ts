import type { Attempt } from './attempt.ts';
import type { Capture } from './capture.ts';
import type { GatewayModel } from './gateway-model-fixture.ts';
import type { Operation } from './operation.ts';
import type { PaymentStatus } from './payment.ts';
import { type ModelCharge, type OperationNoun, sumOf } from './provider-model-fixture.ts';

/** Where the gateway's books say something else than the provider's; empty in the end. */
export function differences(gateway: GatewayModel): readonly string[] {
  const { kept } = gateway.keeper;
  const found: string[] = [];
  for (const attempt of kept.attempts.values()) {
    const charge = gateway.provider.charges.get(attempt.attemptId);
    if (charge === undefined) continue;
    if (attempt.state !== charge.state && !cameAndWent(attempt, charge))
      found.push(`${attempt.attemptId} is ${attempt.state}, not ${charge.state}`);
    found.push(
      ...(attempt.attemptId === kept.payment.lastAttemptId ? ownDifferences : doubleDifferences)(gateway, charge),
    );
    found.push(...disputeDifferences(gateway, charge));
  }
  const expected = expectedStatuses(gateway);
  if (!expected.includes(kept.payment.status))
    found.push(`payment ${kept.payment.status}, not ${expected.join(' or ')}`);
  return [...found, ...promiseDifferences(gateway), ...toldTwice(gateway)];
}

/** A late authorization that was gone before we heard of it leaves the attempt as it had ended: no money was in it. */
function cameAndWent(attempt: Attempt, { state }: ModelCharge): boolean {
  return attempt.state === 'declined' && (state === 'canceled' || state === 'expired');
}

/** The payment's own attempt: operation for operation. */
function ownDifferences(gateway: GatewayModel, charge: ModelCharge): readonly string[] {
  const books = booksOf(charge);
  const ours = operationsOf(gateway, charge);
  const unnamed = capturesOf(gateway, charge).filter(isUnnamed);
  return [
    ...(books.join() === ours.join() ? [] : [`operations ${ours.join()}, not ${books.join()}`]),
    ...(amountOf(unnamed) === charge.takenAtOnce ? [] : [`unnamed captures, not ${charge.takenAtOnce}`]),
  ];
}

/** Any other attempt: the money of a captured one is counted as one sum, and what goes back, one by one. */
function doubleDifferences(gateway: GatewayModel, charge: ModelCharge): readonly string[] {
  const taken = charge.state === 'captured' ? sumOf(charge, 'capture', ['succeeded']) : 0n;
  const ours = amountOf(capturesOf(gateway, charge).filter(({ status }) => status === 'succeeded'));
  const [books, back] = [booksOf(charge), operationsOf(gateway, charge)].map((lines) =>
    lines.filter((line) => !line.startsWith('capture')).join(),
  );
  return [
    ...(taken === ours ? [] : [`double money ${ours}, not ${taken}`]),
    ...(books === back ? [] : [`operations ${back}, not ${books}`]),
  ];
}

function capturesOf({ keeper }: GatewayModel, { attemptId }: ModelCharge): readonly Capture[] {
  return [...keeper.kept.captures.values()].filter((one) => one.attemptId === attemptId);
}

/** Each operation as `noun ref amount state`. */
function booksOf(charge: ModelCharge): readonly string[] {
  return charge.operations.map(({ noun, ref, amount, state }) => `${noun} ${ref} ${amount} ${state}`).sort();
}

function operationsOf({ keeper }: GatewayModel, { attemptId }: ModelCharge): readonly string[] {
  const { captures, refunds, reversals } = keeper.kept;
  const line = (noun: OperationNoun) => (one: Operation) => `${noun} ${one.providerRef} ${one.amount} ${one.status}`;
  const known = (rows: ReadonlyMap<string, Operation>) =>
    [...rows.values()].filter(
      (one) => one.attemptId === attemptId && !isUnnamed(one) && !(one.status === 'failed' && one.providerRef === null),
    );
  return [
    ...known(captures).map(line('capture')),
    ...known(refunds).map(line('refund')),
    ...known(reversals).map(line('reversal')),
  ].sort();
}

function isUnnamed({ providerRef, status }: Operation): boolean {
  return providerRef === null && status === 'succeeded';
}

function amountOf(rows: readonly Operation[]): bigint {
  return rows.reduce((sum, { amount }) => sum + amount, 0n);
}

function disputeDifferences({ keeper }: GatewayModel, charge: ModelCharge): readonly string[] {
  const ours = [...keeper.kept.disputes.values()].filter(({ attemptId }) => attemptId === charge.attemptId);
  const line = (ref: string, state: string, withdrawn: bigint, reinstated: bigint) =>
    `${ref} ${state} ${withdrawn} ${reinstated}`;
  const theirs = charge.disputes.map((one) => line(one.ref, one.state, one.withdrawn, one.reinstated)).join();
  const known = ours.map((one) => line(one.providerRef, one.status, one.amountWithdrawn, one.amountReinstated)).join();
  return known === theirs ? [] : [`disputes ${known}, not ${theirs}`];
}

/** What the payment may be, by the charge that holds its money, or by its tries. */
function expectedStatuses({ keeper, provider }: GatewayModel): readonly PaymentStatus[] {
  const { payment, attempts } = keeper.kept;
  const charge = provider.charges.get(payment.lastAttemptId ?? '');
  switch (charge?.state) {
    case 'authorized':
      return ['authorized'];
    case 'captured':
      if (sumOf(charge, 'reversal', ['succeeded']) > 0n) return ['reversed'];
      return sumOf(charge, 'capture', ['succeeded']) > 0n ? ['succeeded'] : ['failed'];
    case 'canceled':
    case 'expired':
      if (charge.authorized > 0n && attempts.get(charge.attemptId)?.state === charge.state) return [charge.state];
  }
  if (charge?.state === 'pending') return ['processing'];
  const declined = [...attempts.values()].filter(({ state }) => state === 'declined').length;
  return declined >= payment.attemptsMax ? ['failed'] : ['created', 'canceled', 'expired'];
}

/** Money that nobody waits for goes back where the tenant wants it so. */
function promiseDifferences({ keeper, setting }: GatewayModel): readonly string[] {
  const { payment, captures, refunds } = keeper.kept;
  const back = [...refunds.values()].filter(({ madeBy }) => madeBy === 'gateway');
  const found: string[] = [];
  const { lateSuccess, duplicatePayment } = setting.policy;
  const double = [...captures.values()].filter((one) => one.duplicate && one.status === 'succeeded');
  const doubleBack = back.filter((one) => one.duplicate);
  if (duplicatePayment === 'refund' && amountOf(double) !== amountOf(doubleBack)) found.push('double money stays');
  const isUnwanted = payment.late && lateSuccess === 'refund' && setting.automatic;
  // What the tenant captured was wanted after all.
  const isUnasked = (one: Capture) => !one.duplicate && one.status === 'succeeded' && one.madeBy !== 'tenant';
  const unasked = amountOf([...captures.values()].filter(isUnasked));
  if (isUnwanted && amountOf(back.filter((one) => !one.duplicate)) < unasked) found.push('late money stays');
  return found;
}

/** Nothing of an operation is told twice, and a payment succeeds once unless it failed in between. */
function toldTwice({ keeper }: GatewayModel): readonly string[] {
  const { told } = keeper.kept;
  const lines = told
    .filter(({ about }) => about !== 'payment' && !about.startsWith('dp_'))
    .map(({ type, about }) => `${type} ${about}`);
  const twice = lines.filter((line, at) => lines.indexOf(line) !== at);
  const count = (type: string) => told.filter((one) => one.type === type).length;
  if (count('payment.succeeded') > 1 + count('payment.failed')) twice.push('payment.succeeded');
  if (count('payment.reversed') > 1) twice.push('payment.reversed');
  return twice;
}
