import { Problem } from '../kernel/problem.ts';
import type { Circuit } from '../routing/circuit.ts';
import { type Judged, type Route, type RouteReason, route } from '../routing/route.ts';
import { noteOf, type RouteNote } from '../routing/route-note.ts';
import { type AccountContext, type OpenAccount, openAccount } from './open-provider-account.ts';
import { type RoutedAccount, type RoutedQuestion, readQuestion, routePayment } from './route-payment.ts';

/** The account that a payment goes to, and why. */
export interface ChosenAccount extends OpenAccount {
  /** How it has lately answered, as it was read with the account. */
  readonly circuit: Circuit;
  readonly note: RouteNote;
}

interface Refusing {
  /** Whoever is refused may know the tenant's accounts and their rules. */
  readonly sayWhy: boolean;
}

interface Choosing extends Refusing {
  /** false: the payment cannot be sent anyway, and must keep no other from probing. */
  readonly mayProbe: boolean;
}

/**
 * Chooses the account that a payment is sent to now. Where that one is to be probed, the right to do so is taken, and
 * whoever does not get it goes on to the next.
 * @throws Problem no_provider_account, validation_failed (no account takes the method)
 */
export async function chooseAccount(
  context: AccountContext,
  question: RoutedQuestion,
  choosing: Choosing,
): Promise<ChosenAccount> {
  const found = await findAccount(context, question, choosing.mayProbe);
  if (!('refused' in found)) return found;
  throw refusalOf(found, question, choosing);
}

/** The same for a payment that the accounts of `tried` have turned away; null where there is no other. */
export async function chooseNextAccount(
  context: AccountContext,
  question: RoutedQuestion & { readonly tried: ReadonlySet<string> },
): Promise<ChosenAccount | null> {
  const found = await findAccount(context, question, true);
  return 'refused' in found ? null : found;
}

/** Refuses a payment that no account could take now; takes no right to probe. @throws Problem as chooseAccount */
export async function checkRoutable(
  context: AccountContext,
  question: RoutedQuestion,
  refusing: Refusing,
): Promise<void> {
  const found = await routePayment(context, question);
  if (found.candidates.length === 0) throw refusalOf(found, question, refusing);
}

async function findAccount(
  context: AccountContext,
  wanted: RoutedQuestion,
  mayProbe: boolean,
): Promise<ChosenAccount | Route<RoutedAccount>> {
  const question = await readQuestion(context, wanted);
  const circuits = new Map(question.circuits);
  for (;;) {
    const found = route({ ...question, circuits });
    const [first] = found.candidates;
    const note = noteOf(found);
    if (first === undefined || note === null) return found;
    const { stored, circuit } = first.account;
    if (first.circuit !== 'half_open' || !mayProbe || (await context.circuits.claimProbe(stored))) {
      return { ...(await openAccount(context, stored)), circuit, note };
    }
    // Another payment is the probe; for this one the circuit is as open as it was. Each round shuts one more.
    circuits.set(stored.providerAccountId, { state: 'open', failures: circuit.failures });
  }
}

const REASONS_TOLD_MAX = 5;

function refusalOf(
  { refused }: Route<RoutedAccount>,
  { owner: { mode }, payment }: RoutedQuestion,
  { sayWhy }: Refusing,
): Problem {
  const named = refused.filter(({ account: { providerAccountId } }) => {
    return payment.providerAccountId === null || payment.providerAccountId === providerAccountId;
  });
  const [wrongFor] = named.toSorted((one, other) => one.account.priority - other.account.priority);
  // What no account understands is a fault of the request, whatever else speaks against them.
  if (wrongFor !== undefined && named.every(({ reasons }) => reasons.some(isMethod))) {
    const errors = wrongFor.account.methodErrors();
    return new Problem('validation_failed', 'The method is not one of this provider account.', { errors });
  }
  if (!sayWhy || named.length === 0) {
    return new Problem('no_provider_account', `There is no active provider account for ${mode} mode.`);
  }
  const told = named.slice(0, REASONS_TOLD_MAX).map(inWords).join(' ');
  return new Problem('no_provider_account', `No provider account can take this payment. ${told}`);
}

function isMethod({ code }: RouteReason): boolean {
  return code === 'method_not_accepted';
}

function inWords({ account: { stored }, reasons }: Judged<RoutedAccount>): string {
  return `${stored.name} (${stored.providerAccountId}): ${reasons.map(({ why }) => why).join(' ')}`;
}
