import type { Mode } from '../kernel/caller.ts';
import type { Capabilities } from '../providers/provider-capabilities.ts';
import type { CircuitState } from './circuit.ts';
import { drawOrder } from './draw.ts';
import { refusalsOf } from './judge-account.ts';
import type { RoutingRules } from './routing-rules.ts';

/** What of a payment decides where it goes. */
export interface RoutedPayment {
  /** Draws among accounts of equal priority; null: no payment, so that the larger share comes first. */
  readonly paymentId: string | null;
  readonly mode: Mode;
  readonly amount: bigint;
  readonly currency: string;
  readonly captureMethod: 'automatic' | 'manual';
  /** The only account it may go to; null: any. */
  readonly providerAccountId: string | null;
}

/** The type of the method it is confirmed with; null: with none. `undecided`: nobody has confirmed it yet. */
export type MethodType = string | null | 'undecided';

/** An account as far as it is judged. */
export interface RoutableAccount {
  readonly providerAccountId: string;
  readonly mode: Mode;
  readonly priority: number;
  readonly status: 'active' | 'disabled';
  readonly routing: RoutingRules;
  /** null: its provider is not served any more. */
  readonly capabilities: Pick<Capabilities, 'modes' | 'currencies' | 'capture'> | null;
  /** Whether the provider's own schema takes the method. */
  readonly acceptsMethod: boolean;
}

/** How an account's calls have lately gone. */
export interface SeenCircuit {
  readonly state: CircuitState;
  readonly failures: number;
}

export interface RouteQuestion<Account extends RoutableAccount> {
  readonly payment: RoutedPayment;
  readonly method: MethodType;
  readonly accounts: readonly Account[];
  /** By account; one that is missing is closed. */
  readonly circuits: ReadonlyMap<string, SeenCircuit>;
  /** Accounts that have turned this very confirmation away already. */
  readonly tried?: ReadonlySet<string>;
}

export type RouteCode =
  // Why one is taken.
  | 'pinned'
  | 'only_account'
  | 'lowest_priority'
  | 'drawn'
  | 'oldest'
  | 'least_bad'
  // Why one comes later.
  | 'later_priority'
  | 'drawn_later'
  | 'spare'
  | 'younger'
  | 'worse'
  // Why one is none.
  | 'disabled'
  | 'other_account_named'
  | 'provider_not_served'
  | 'currency_not_supported'
  | 'capture_not_supported'
  | 'currency_not_taken'
  | 'amount_too_small'
  | 'amount_too_large'
  | 'method_not_taken'
  | 'method_not_accepted'
  | 'tried_already'
  | 'circuit_open';

/** Why an account stands where it stands: a word for programs, a sentence for people. */
export interface RouteReason {
  readonly code: RouteCode;
  readonly why: string;
}

export interface Judged<Account extends RoutableAccount> {
  readonly account: Account;
  readonly circuit: CircuitState;
  readonly reasons: readonly RouteReason[];
}

/** Where a payment may go: those that may take it, the one to try first in front, and the others with every reason. */
export interface Route<Account extends RoutableAccount> {
  readonly candidates: readonly Judged<Account>[];
  readonly refused: readonly Judged<Account>[];
}

const CLOSED: SeenCircuit = { state: 'closed', failures: 0 };

/**
 * Which accounts may take a payment, and in which order: the one decision behind confirmation, fail-over and dry run.
 * Accounts with an open circuit are left out while another is there; where all are open the least bad is tried, since
 * no payment at all would be an outage of our own making.
 */
export function route<Account extends RoutableAccount>(question: RouteQuestion<Account>): Route<Account> {
  const { payment, accounts, circuits } = question;
  const circuitOf = ({ providerAccountId }: Account): SeenCircuit => circuits.get(providerAccountId) ?? CLOSED;
  const judged = accounts.map((account) => ({
    account,
    circuit: circuitOf(account).state,
    reasons: refusalsOf(account, question),
  }));
  const refused = judged.filter(({ reasons }) => reasons.length > 0);
  const able = judged.filter(({ reasons }) => reasons.length === 0).map(({ account }) => account);
  const ordered = inOrder(able, payment.paymentId);
  const working = ordered.filter((account) => circuitOf(account).state !== 'open');
  if (working.length === 0) {
    const byBadness = ordered.toSorted((one, other) => circuitOf(one).failures - circuitOf(other).failures);
    return { candidates: explained(byBadness, question, circuitOf), refused };
  }
  const open = ordered.filter((account) => circuitOf(account).state === 'open');
  return {
    candidates: explained(working, question, circuitOf),
    refused: [...refused, ...open.map((account) => leftOut(account, circuitOf(account)))],
  };
}

/** By priority; of equal ones those with a share as the payment draws them, then the spares, the oldest first. */
function inOrder<Account extends RoutableAccount>(
  accounts: readonly Account[],
  paymentId: string | null,
): readonly Account[] {
  const shared = accounts.flatMap(({ providerAccountId: id, routing: { weight } }) =>
    weight === null ? [] : [{ id, weight }],
  );
  const places =
    paymentId === null || shared.length < 2
      ? new Map(shared.map(({ id, weight }) => [id, -weight]))
      : drawOrder(paymentId, shared);
  const placeOf = ({ providerAccountId }: Account): number => places.get(providerAccountId) ?? Number.POSITIVE_INFINITY;
  // Ids begin with their time, so that the lower is the older.
  return accounts.toSorted(
    (one, other) =>
      one.priority - other.priority ||
      compare(placeOf(one), placeOf(other)) ||
      compare(one.providerAccountId, other.providerAccountId),
  );
}

function compare<Value extends number | string>(one: Value, other: Value): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

function explained<Account extends RoutableAccount>(
  ordered: readonly Account[],
  { payment }: RouteQuestion<Account>,
  circuitOf: (account: Account) => SeenCircuit,
): readonly Judged<Account>[] {
  const [first, ...others] = ordered;
  if (first === undefined) return [];
  const isEmergency = circuitOf(first).state === 'open';
  const why = whyFirst({ first, others, payment, isEmergency });
  return [
    { account: first, circuit: circuitOf(first).state, reasons: [why] },
    ...others.map((account) => ({
      account,
      circuit: circuitOf(account).state,
      reasons: [whyLater(account, first, isEmergency)],
    })),
  ];
}

interface Standing {
  readonly first: RoutableAccount;
  readonly others: readonly RoutableAccount[];
  readonly payment: RoutedPayment;
  /** All circuits are open. */
  readonly isEmergency: boolean;
}

function whyFirst({ first, others, payment, isEmergency }: Standing): RouteReason {
  const { priority, routing } = first;
  const equals = others.filter((other) => other.priority === priority);
  if (payment.providerAccountId !== null) return { code: 'pinned', why: 'The payment names this account.' };
  if (isEmergency) {
    return { code: 'least_bad', why: 'Every account that may take it has an open circuit; this one has failed least.' };
  }
  if (others.length === 0) return { code: 'only_account', why: 'No other account may take it now.' };
  if (equals.length === 0) return { code: 'lowest_priority', why: `Its priority ${priority} is the lowest.` };
  if (routing.weight === null) return { code: 'oldest', why: `It is the oldest of priority ${priority}.` };
  const total = equals.reduce((sum, one) => sum + (one.routing.weight ?? 0), routing.weight);
  const share = `${routing.weight} in ${total} of priority ${priority}`;
  return payment.paymentId === null
    ? { code: 'drawn', why: `It has the largest share, ${share}; each payment draws for itself.` }
    : { code: 'drawn', why: `The payment drew it, which has a share of ${share}.` };
}

function whyLater(
  { priority, routing: { weight } }: RoutableAccount,
  first: RoutableAccount,
  isEmergency: boolean,
): RouteReason {
  if (isEmergency) return { code: 'worse', why: 'Its circuit is open, and it has failed no less than the first.' };
  if (priority !== first.priority) {
    return { code: 'later_priority', why: `Its priority ${priority} comes after ${first.priority}.` };
  }
  if (weight !== null) return { code: 'drawn_later', why: `Another account of priority ${priority} was drawn.` };
  return first.routing.weight === null
    ? { code: 'younger', why: `Another account of priority ${priority} is older.` }
    : { code: 'spare', why: `Others of priority ${priority} have a share, this one has none.` };
}

function leftOut<Account extends RoutableAccount>(account: Account, { failures }: SeenCircuit): Judged<Account> {
  const why = `Its circuit is open after ${failures} failures in a row, and another account may take it.`;
  return { account, circuit: 'open', reasons: [{ code: 'circuit_open', why }] };
}
