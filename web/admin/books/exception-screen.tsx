import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { ReconciliationException } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { type Fact, FactsCard } from '../../ui/facts.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { BackLink, TextLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { PaymentLink } from '../money/payment-link.tsx';
import { useActorNames } from '../money/use-actor-names.ts';
import { sentenceOf } from './exception-words.ts';
import { ExceptionState } from './exceptions-screen.tsx';
import { useAccountNames } from './use-account-names.ts';
import { useBookTexts } from './use-book-texts.ts';

const ResolveDialog = lazy(() => import('./resolve-dialog.tsx').then((module) => ({ default: module.ResolveDialog })));

const LIVE_MS = 10_000;

/** One difference: what both sides say, what it may be, and the decision. */
export function ExceptionScreen() {
  const { may } = useHere();
  return may('reconciliation:read') ? <OpenException /> : <NoPermission permission="reconciliation:read" />;
}

function OpenException() {
  const { exceptions: words } = useBookTexts();
  const { locale } = useSpeech();
  const api = useApi();
  const { key, place } = useHere();
  const { exceptionId } = useParams({ from: '/inside/$tenantId/$mode/reconciliation-exceptions/$exceptionId' });
  const found = useQuery({
    queryKey: [...key, 'reconciliation-exceptions', exceptionId],
    queryFn: ({ signal }) => api.reconciliation.getException(exceptionId, { signal }),
    refetchInterval: LIVE_MS,
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/reconciliation-exceptions" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(exception) => (
          <div className="grid gap-4">
            <ScreenHead title={words.kinds[exception.kind]} beside={<ExceptionState state={exception.state} />}>
              <Resolve exception={exception} />
            </ScreenHead>
            <section aria-label={words.sentence} className="card grid gap-2 p-4">
              <p className="text-lg font-medium">{sentenceOf(exception, words, locale)}</p>
              <p>
                <span className="font-medium">{words.what}:</span>{' '}
                <span className="text-muted">{words.advice[exception.kind]}</span>
              </p>
            </section>
            <Sides exception={exception} />
            <Details exception={exception} />
          </div>
        )}
      </ReadResult>
    </>
  );
}

function Resolve({ exception }: { readonly exception: ReconciliationException }) {
  const { exceptions: words } = useBookTexts();
  const { words: ui } = useSpeech();
  const { may } = useHere();
  const [isOpen, setOpen] = useState(false);
  const whyNot = !may('reconciliation:update')
    ? ui.noPermissionHint('reconciliation:update')
    : exception.state === 'resolved'
      ? words.whyResolved
      : null;
  return (
    <>
      <Button look="primary" icon="check" whyNot={whyNot} onClick={() => setOpen(true)}>
        {words.resolve}
      </Button>
      <Suspense>{isOpen && <ResolveDialog exceptionId={exception.id} onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}

/** What is booked and what was said, beside each other. */
function Sides({ exception }: { readonly exception: ReconciliationException }) {
  const { exceptions: words, shared, statements } = useBookTexts();
  const { here, there, difference, currency } = exception;
  return (
    <div className="grid items-start gap-4 md:grid-cols-3">
      <FactsCard
        title={words.here}
        facts={
          here === null
            ? [[shared.amount, words.nothing]]
            : [
                [shared.amount, <Amount key="amount" minor={here.amount} currency={here.currency} />],
                [shared.status, here.status],
              ]
        }
      />
      <FactsCard
        title={words.there}
        facts={
          there === null
            ? [[shared.amount, words.nothing]]
            : (['gross', 'fee', 'net'] as const).map((name) => [
                statements[name],
                <Amount key={name} minor={there[name]} currency={there.currency} />,
              ])
        }
      />
      <FactsCard
        title={words.difference}
        facts={[[words.difference, <Amount key="difference" minor={difference} currency={currency} />]]}
      />
    </div>
  );
}

function Details({ exception }: { readonly exception: ReconciliationException }) {
  const { exceptions: words, shared } = useBookTexts();
  const { place } = useHere();
  const { nameOf } = useAccountNames();
  const actorOf = useActorNames();
  const { subject, paymentId, statementId, resolution, resolvedAt } = exception;
  const facts: readonly Fact[] = [
    [
      words.about,
      <span key="about">
        {words.subjects[subject.type]} <Copyable text={subject.id} what={words.about} isShort />
      </span>,
    ],
    [shared.payment, paymentId && <PaymentLink paymentId={paymentId} />],
    [
      shared.statement,
      statementId && (
        <TextLink to="/$tenantId/$mode/statements/$statementId" params={{ ...place, statementId }}>
          {statementId}
        </TextLink>
      ),
    ],
    [shared.providerAccount, nameOf(exception.providerAccountId)],
    [words.resolution, resolution && words.resolutions[resolution]],
    [shared.note, exception.note],
    [words.resolvedBy, exception.resolvedBy && actorOf(exception.resolvedBy)],
    [words.resolvedAt, resolvedAt && <Time at={resolvedAt} />],
    [shared.created, <Time key="created" at={exception.createdAt} />],
    [shared.id, <Copyable key="id" text={exception.id} what={shared.id} />],
  ];
  return <FactsCard title={shared.details} shape="columns" facts={facts} />;
}
