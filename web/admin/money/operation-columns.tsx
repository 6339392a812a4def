import type { Capture, Refund, Reversal } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { OperationStatus } from './operation-status.tsx';
import { PaymentLink } from './payment-link.tsx';
import type { MoneyTexts } from './texts-en.ts';

export type Operation = Capture | Refund | Reversal;

/** What lists of captures, refunds and reversals have in common; the amount leads to the page of each. */
export function operationColumns<One extends Operation>(
  words: MoneyTexts['operation'],
  place: Place,
): readonly Column<One>[] {
  return [
    {
      id: 'amount',
      title: words.amount,
      isMain: true,
      show: (one) => <OperationLink one={one} place={place} />,
    },
    { id: 'status', title: words.status, isMain: true, show: ({ status }) => <OperationStatus status={status} /> },
    {
      id: 'payment',
      title: words.payment,
      show: ({ paymentId }) => <PaymentLink paymentId={paymentId} isShort />,
    },
    { id: 'madeBy', title: words.madeBy, show: ({ madeBy }) => words.makers[madeBy] },
    {
      id: 'settled',
      title: words.settled,
      show: (one) =>
        'settlement' in one && one.settlement !== null ? <Time at={one.settlement.settledAt} /> : words.notSettled,
    },
    { id: 'created', title: words.created, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'updated', title: words.updated, isExtra: true, show: ({ updatedAt }) => <Time at={updatedAt} /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}

/** A column for what refunds and reversals say about themselves. */
export function reasonColumn<One extends Refund | Reversal>(words: MoneyTexts['operation']): Column<One> {
  return { id: 'reason', title: words.reason, show: ({ reason }) => <span className="line-clamp-2">{reason}</span> };
}

export function duplicateColumn<One extends Refund | Capture>(words: MoneyTexts['operation']): Column<One> {
  return {
    id: 'duplicate',
    title: words.duplicate,
    isExtra: true,
    show: ({ duplicate }) => (duplicate ? <Badge tone="warn" label={words.yes} /> : words.no),
  };
}

function OperationLink({ one, place }: { readonly one: Operation; readonly place: Place }) {
  const { id, amount, currency } = one;
  const shown = <Amount minor={amount} currency={currency} />;
  switch (one.object) {
    case 'capture':
      return (
        <TextLink to="/$tenantId/$mode/captures/$captureId" params={{ ...place, captureId: id }}>
          {shown}
        </TextLink>
      );
    case 'refund':
      return (
        <TextLink to="/$tenantId/$mode/refunds/$refundId" params={{ ...place, refundId: id }}>
          {shown}
        </TextLink>
      );
    case 'reversal':
      return (
        <TextLink to="/$tenantId/$mode/reversals/$reversalId" params={{ ...place, reversalId: id }}>
          {shown}
        </TextLink>
      );
  }
}
