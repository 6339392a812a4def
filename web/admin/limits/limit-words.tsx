import type { LimitBasket } from '../../../sdk/src/api.generated.ts';
import { amountFromJson, formatMoney } from '../../../src/kernel/money.ts';
import { Badge } from '../../ui/badge.tsx';
import type { LimitTexts } from './texts-en.ts';
import { useLimitTexts } from './use-limit-texts.ts';

export function LimitState({ active }: Pick<LimitBasket, 'active'>) {
  const { states } = useLimitTexts();
  return <Badge tone={active ? 'good' : 'idle'} label={active ? states.on : states.off} />;
}

/** An amount and a count, as far as they are limited. */
export function maximum(
  {
    amount,
    count,
    currency,
  }: { readonly amount: number | null; readonly count: number | null; readonly currency: string },
  words: LimitTexts,
  locale: string,
): string {
  const money = amount === null ? [] : [formatMoney({ amount: amountFromJson(amount), currency }, locale)];
  const payments = count === null ? [] : [words.payments(count)];
  return [...money, ...payments].join(', ') || words.none;
}

export function itemTypesText({ itemTypes }: Pick<LimitBasket, 'itemTypes'>, words: LimitTexts): string {
  return itemTypes.includes('*') ? words.everything : itemTypes.join(', ');
}
