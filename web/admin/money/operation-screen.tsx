import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { PaymentExplanation } from '../../../sdk/src/api.generated.ts';
import { JsonView } from '../../ui/code-block.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { Disclosure } from '../../ui/disclosure.tsx';
import { type Fact, FactsCard } from '../../ui/facts.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import { BackLink, TextLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { Operation } from './operation-columns.tsx';
import { OperationStatus } from './operation-status.tsx';
import { PaymentLink } from './payment-link.tsx';
import type { MoneyTexts } from './texts-en.ts';
import { useMoneyTexts } from './use-money-texts.ts';

/** What is pending is looked at more often than what has ended. */
const MOVING_MS = 3_000;
const RESTING_MS = 30_000;

export function CaptureScreen() {
  const { captureId } = useParams({ from: '/inside/$tenantId/$mode/captures/$captureId' });
  const { captures } = useMoneyTexts();
  const { place } = useHere();
  const back = (
    <BackLink to="/$tenantId/$mode/captures" params={place}>
      {captures.back}
    </BackLink>
  );
  return <OperationScreen kind="captures" id={captureId} title={captures.one} back={back} />;
}

export function RefundScreen() {
  const { refundId } = useParams({ from: '/inside/$tenantId/$mode/refunds/$refundId' });
  const { refunds } = useMoneyTexts();
  const { place } = useHere();
  const back = (
    <BackLink to="/$tenantId/$mode/refunds" params={place}>
      {refunds.back}
    </BackLink>
  );
  return <OperationScreen kind="refunds" id={refundId} title={refunds.one} back={back} />;
}

export function ReversalScreen() {
  const { reversalId } = useParams({ from: '/inside/$tenantId/$mode/reversals/$reversalId' });
  const { reversals } = useMoneyTexts();
  const { place } = useHere();
  const back = (
    <BackLink to="/$tenantId/$mode/reversals" params={place}>
      {reversals.back}
    </BackLink>
  );
  return <OperationScreen kind="reversals" id={reversalId} title={reversals.one} back={back} />;
}

interface OperationScreenProps {
  readonly kind: 'captures' | 'refunds' | 'reversals';
  readonly id: string;
  readonly title: string;
  readonly back: ReactNode;
}

const PERMISSIONS = { captures: 'capture:read', refunds: 'refund:read', reversals: 'reversal:read' } as const;

function OperationScreen(props: OperationScreenProps) {
  const { may } = useHere();
  const permission = PERMISSIONS[props.kind];
  return may(permission) ? <OpenOperation {...props} /> : <NoPermission permission={permission} />;
}

/** One capture, refund or reversal: how it stands and why, and what the statements say of it. */
function OpenOperation({ kind, id, title, back }: OperationScreenProps) {
  const { operation: words } = useMoneyTexts();
  const api = useApi();
  const { key, may } = useHere();
  const found = useQuery({
    queryKey: [...key, kind, id],
    queryFn: async ({ signal }) => {
      const operation: Operation = await api[kind].get(id, { signal });
      const isOpen = operation.status === 'pending' && may('payment:read');
      const explanation = isOpen ? await api.payments.explain(operation.paymentId, { signal }) : null;
      return { operation, explanation };
    },
    refetchInterval: ({ state }) => (state.data?.operation.status === 'pending' ? MOVING_MS : RESTING_MS),
  });
  return (
    <>
      {back}
      <ReadResult of={found} isPage>
        {({ operation, explanation }) => (
          <div className="grid gap-4">
            <ScreenHead title={title} beside={<OperationStatus status={operation.status} />} />
            <Figures operation={operation} />
            <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
              <section aria-label={words.whyTitle} className="card grid gap-3 p-4">
                <h2 className="font-semibold">{words.whyTitle}</h2>
                <p>{whyOf(operation, explanation, words)}</p>
                {operation.object !== 'capture' && (
                  <p>
                    <span className="text-muted">{words.reason}:</span> {operation.reason}
                  </p>
                )}
                {'duplicate' in operation && operation.duplicate && <p>{words.duplicateHint}</p>}
                <Disclosure title={words.raw}>
                  <JsonView value={operation} label={words.raw} />
                </Disclosure>
              </section>
              <Details operation={operation} />
            </div>
          </div>
        )}
      </ReadResult>
    </>
  );
}

function whyOf(
  { id, status, ...operation }: Operation,
  explanation: PaymentExplanation | null,
  words: MoneyTexts['operation'],
): string {
  const { why } = words;
  if (status === 'pending') {
    return explanation?.doubts.some(({ about }) => about.id === id) === true ? why.doubt : why.pending;
  }
  const settled = 'settlement' in operation && operation.settlement !== null ? ` ${why.settled}` : '';
  return `${why[status]}${settled}`;
}

function Figures({ operation }: { readonly operation: Operation }) {
  const { operation: words } = useMoneyTexts();
  const { amount, currency } = operation;
  const settlement = 'settlement' in operation ? operation.settlement : null;
  const facts: readonly Fact[] = [
    [words.amount, <Amount key="amount" minor={amount} currency={currency} />],
    [words.fee, settlement && <Amount minor={settlement.fee} currency={currency} />],
    [words.net, settlement && <Amount minor={settlement.net} currency={currency} />],
  ];
  return <FactsCard title={words.amount} isTitleHidden shape="figures" facts={facts} />;
}

function Details({ operation }: { readonly operation: Operation }) {
  const { operation: words } = useMoneyTexts();
  const { place } = useHere();
  const settlement = 'settlement' in operation ? operation.settlement : null;
  const { paymentId } = operation;
  const facts: readonly Fact[] = [
    [words.id, <Copyable key="id" text={operation.id} what={words.id} />],
    [words.payment, <PaymentLink key="payment" paymentId={paymentId} />],
    [words.madeBy, words.makers[operation.madeBy]],
    [words.reference, 'reference' in operation ? operation.reference : null],
    [words.failure, operation.failureCode],
    [words.final, 'final' in operation ? (operation.final ? words.yes : words.no) : null],
    [
      words.statement,
      settlement && (
        <TextLink
          to="/$tenantId/$mode/statements/$statementId"
          params={{ ...place, statementId: settlement.statementId }}
        >
          {settlement.statementId}
        </TextLink>
      ),
    ],
    [words.settled, settlement && <Time at={settlement.settledAt} />],
    [words.created, <Time key="created" at={operation.createdAt} seconds />],
    [words.updated, <Time key="updated" at={operation.updatedAt} seconds />],
  ];
  return <FactsCard title={words.factsTitle} facts={facts} />;
}
