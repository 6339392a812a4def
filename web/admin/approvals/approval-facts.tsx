import type { Approval, Session } from '../../../sdk/src/api.generated.ts';
import { isCurrency } from '../../../src/kernel/currency.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import type { Fact } from '../../ui/facts.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { Amount } from '../../ui/value.tsx';

import { PaymentLink } from '../money/payment-link.tsx';
import type { ApprovalTexts } from './texts-en.ts';
import { useApprovalTexts } from './use-approval-texts.ts';

const LOOKS: Readonly<Record<Approval['state'], readonly [Tone, IconName]>> = {
  requested: ['warn', 'clock'],
  approved: ['info', 'dots'],
  rejected: ['idle', 'cross'],
  done: ['good', 'check'],
  failed: ['bad', 'warning'],
  expired: ['idle', 'clock'],
};

export function ApprovalState({ state }: { readonly state: Approval['state'] }) {
  const { states } = useApprovalTexts();
  const [tone, icon] = LOOKS[state];
  return <Badge tone={tone} icon={icon} label={states[state]} />;
}

/** Whether whoever is looking asked for it themselves. What a key of theirs asked for, the server knows. */
export function isOwn({ requestedBy }: Approval, { user }: Session): boolean {
  return requestedBy === `user:${user.id}`;
}

/** What was asked for, member by member, an amount with its currency. */
export function detailsOf({ details }: Approval, words: ApprovalTexts): readonly Fact[] {
  const { amount, currency, ...rest } = details;
  const isMoney = typeof amount === 'number' && typeof currency === 'string' && isCurrency(currency);
  const money: readonly Fact[] = isMoney
    ? [[words.members.amount ?? 'amount', <Amount key="amount" minor={amount} currency={currency} />]]
    : [];
  return [
    ...money,
    ...Object.entries(isMoney ? rest : details).map(([name, value]): Fact => {
      const label = words.members[name] ?? name;
      if (name !== 'paymentId' || typeof value !== 'string') return [label, value === null ? null : String(value)];
      return [label, <PaymentLink key={name} paymentId={value} />];
    }),
  ];
}
