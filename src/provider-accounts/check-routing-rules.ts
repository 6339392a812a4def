import { type FieldError, Problem } from '../kernel/problem.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import { NO_METHOD, type RoutingRules } from '../routing/routing-rules.ts';
import { inputSchema } from './credentials.ts';

/**
 * Refuses rules that name what the provider never takes: an account with such a rule would stand idle, and nobody would
 * know why.
 * @throws Problem validation_failed
 */
export function checkRoutingRules(provider: PaymentProvider, rules: RoutingRules): void {
  const errors = [...wrongCurrencies(provider, rules), ...wrongAmounts(rules), ...wrongMethods(provider, rules)];
  if (errors.length === 0) return;
  throw new Problem('validation_failed', 'These rules do not fit the provider, or each other.', { errors });
}

function wrongCurrencies({ displayName, capabilities }: PaymentProvider, rules: RoutingRules): readonly FieldError[] {
  const { currencies } = capabilities;
  if (currencies === 'any') return [];
  const detail = `Must be a currency of ${displayName}`;
  const inList = (rules.currencies ?? []).map((currency, index) => ({ currency, pointer: `currencies/${index}` }));
  const inAmounts = Object.keys(rules.amounts ?? {}).map((currency) => ({ currency, pointer: `amounts/${currency}` }));
  return [...inList, ...inAmounts]
    .filter(({ currency }) => !currencies.includes(currency))
    .map(({ pointer }) => ({ pointer: `/routing/${pointer}`, detail }));
}

function wrongAmounts({ currencies, amounts }: RoutingRules): readonly FieldError[] {
  if (currencies === null || amounts === null) return [];
  return Object.keys(amounts)
    .filter((currency) => !currencies.includes(currency))
    .map((currency) => ({ pointer: `/routing/amounts/${currency}`, detail: 'Must be one of the currencies' }));
}

function wrongMethods(provider: PaymentProvider, { methods }: RoutingRules): readonly FieldError[] {
  const known = methodTypes(provider);
  return (methods ?? []).flatMap((method, index) =>
    known.includes(method)
      ? []
      : [{ pointer: `/routing/methods/${index}`, detail: `Must be one of ${known.join(', ')}` }],
  );
}

/** The types that the provider's schema of methods knows. */
function methodTypes({ method }: PaymentProvider): readonly string[] {
  const types = new Set<string>();
  const waiting: unknown[] = [inputSchema(method)];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    const { properties, anyOf, oneOf } = node as Readonly<Record<string, unknown>>;
    const type = (properties as { readonly type?: { readonly const?: unknown } } | undefined)?.type?.const;
    if (typeof type === 'string') types.add(type);
    for (const options of [anyOf, oneOf]) if (Array.isArray(options)) waiting.push(...options);
  }
  return [...(method.safeParse(undefined).success ? [NO_METHOD] : []), ...types].sort();
}
