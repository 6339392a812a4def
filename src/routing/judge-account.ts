import { toDecimal } from '../kernel/money.ts';
import type { RoutableAccount, RouteQuestion, RouteReason } from './route.ts';
import { NO_METHOD } from './routing-rules.ts';

/** Every reason why an account may not take a payment; none where it may. The account's circuit is no such reason. */
export function refusalsOf<Account extends RoutableAccount>(
  account: Account,
  question: RouteQuestion<Account>,
): readonly RouteReason[] {
  const { payment, tried } = question;
  const { providerAccountId, status } = account;
  const reasons: RouteReason[] = [];
  if (status !== 'active') reasons.push({ code: 'disabled', why: 'It is disabled.' });
  if (payment.providerAccountId !== null && payment.providerAccountId !== providerAccountId) {
    reasons.push({ code: 'other_account_named', why: 'The payment names another account.' });
  }
  if (tried?.has(providerAccountId) === true) {
    reasons.push({ code: 'tried_already', why: 'It has turned this confirmation away.' });
  }
  return [...reasons, ...limitsOfProvider(account, question), ...limitsOfRules(account, question)];
}

function limitsOfProvider(
  { mode, capabilities, acceptsMethod }: RoutableAccount,
  { payment, method }: Pick<RouteQuestion<RoutableAccount>, 'payment' | 'method'>,
): readonly RouteReason[] {
  const { currency, captureMethod } = payment;
  if (capabilities === null || mode !== payment.mode || !capabilities.modes.includes(mode)) {
    return [{ code: 'provider_not_served', why: `Its provider is not served in ${payment.mode} mode.` }];
  }
  const reasons: RouteReason[] = [];
  if (capabilities.currencies !== 'any' && !capabilities.currencies.includes(currency)) {
    reasons.push({ code: 'currency_not_supported', why: `Its provider takes no ${currency}.` });
  }
  if (captureMethod === 'manual' && capabilities.capture === false) {
    reasons.push({
      code: 'capture_not_supported',
      why: 'Its provider takes money at once, and captures nothing later.',
    });
  }
  if (method !== 'undecided' && !acceptsMethod) {
    reasons.push({ code: 'method_not_accepted', why: 'Its provider does not take this method.' });
  }
  return reasons;
}

function limitsOfRules(
  { routing: { currencies, amounts, methods } }: RoutableAccount,
  { payment, method }: Pick<RouteQuestion<RoutableAccount>, 'payment' | 'method'>,
): readonly RouteReason[] {
  const { amount, currency } = payment;
  const reasons: RouteReason[] = [];
  const inWords = (units: number): string => `${toDecimal({ amount: BigInt(units), currency })} ${currency}`;
  if (currencies !== null && !currencies.includes(currency)) {
    reasons.push({ code: 'currency_not_taken', why: `Its rules leave ${currency} out.` });
  }
  const { min, max } = amounts?.[currency] ?? {};
  if (min !== undefined && amount < BigInt(min)) {
    reasons.push({ code: 'amount_too_small', why: `Its rules take ${inWords(min)} and more.` });
  }
  if (max !== undefined && amount > BigInt(max)) {
    reasons.push({ code: 'amount_too_large', why: `Its rules take at most ${inWords(max)}.` });
  }
  if (methods !== null && method !== 'undecided' && !methods.includes(method ?? NO_METHOD)) {
    const what = method === null ? 'a confirmation without a method' : 'this method';
    reasons.push({ code: 'method_not_taken', why: `Its rules leave ${what} out.` });
  }
  return reasons;
}
