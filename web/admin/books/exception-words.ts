import type { ReconciliationException } from '../../../sdk/src/api.generated.ts';
import { amountFromJson, formatMoney } from '../../../src/kernel/money.ts';
import type { BookTexts } from './texts-en.ts';

/** A difference as one sentence, with its amounts. */
export function sentenceOf(
  { kind, here, there }: ReconciliationException,
  words: BookTexts['exceptions'],
  locale: string,
): string {
  const money = (minor: number, currency: string) => formatMoney({ amount: amountFromJson(minor), currency }, locale);
  const booked = here === null ? words.nothing : money(here.amount, here.currency);
  const said = there === null ? words.nothing : money(there.gross, there.currency);
  switch (kind) {
    case 'missing_here':
    case 'duplicate':
    case 'conflicting_line':
      return words.says[kind](said);
    case 'missing_there':
      return words.says.missing_there(booked);
    case 'amount':
    case 'currency':
      return words.says[kind](booked, said);
    case 'status':
      return words.says.status(said, here?.status ?? words.nothing);
    case 'fee':
      return words.says.fee(there === null ? words.nothing : money(there.fee, there.currency));
  }
}
