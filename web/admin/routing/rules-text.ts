import type { RoutingRules } from '../../../sdk/src/api.generated.ts';
import { amountFromJson, formatMoney } from '../../../src/kernel/money.ts';
import type { RoutingTexts } from './texts-en.ts';

/** Which payments an account takes by its own rules, in words. */
export function rulesText({ currencies, amounts, methods }: RoutingRules, words: RoutingTexts, locale: string): string {
  const money = (minor: number, currency: string) => formatMoney({ amount: amountFromJson(minor), currency }, locale);
  const limits = Object.entries(amounts ?? {}).map(([currency, { min, max }]) => {
    if (min === undefined) return max === undefined ? currency : words.upTo(money(max, currency));
    if (max === undefined) return words.from(money(min, currency));
    return words.between(money(min, currency), money(max, currency));
  });
  const parts = [currencies?.join(', '), ...limits, methods?.join(', ')].filter(Boolean);
  return parts.length === 0 ? words.everything : parts.join('; ');
}
