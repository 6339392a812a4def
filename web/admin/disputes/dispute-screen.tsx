import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { Dispute, DisputeEvidence } from '../../../sdk/src/api.generated.ts';
import { DISPUTE_TRANSITIONS } from '../../../src/payments/dispute.ts';
import { Badge } from '../../ui/badge.tsx';
import { Condition, Loading, NoPermission } from '../../ui/condition.tsx';
import { type Fact, FactsCard } from '../../ui/facts.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { PaymentLink } from '../money/payment-link.tsx';
import { TimeLeft } from '../money/time-left.tsx';
import { DisputeStatus } from './dispute-status.tsx';
import { takesEvidence } from './disputes-screen.tsx';
import { useDisputeTexts } from './use-dispute-texts.ts';

const EvidenceForm = lazy(() => import('./evidence-form.tsx').then((module) => ({ default: module.EvidenceForm })));

const LIVE_MS = 5_000;

/** One dispute: what is at stake, until when it can be answered, and what was answered. */
export function DisputeScreen() {
  const { may } = useHere();
  return may('dispute:read') ? <OpenDispute /> : <NoPermission permission="dispute:read" />;
}

function OpenDispute() {
  const words = useDisputeTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { disputeId } = useParams({ from: '/inside/$tenantId/$mode/disputes/$disputeId' });
  // Together, so that the form is never offered beside evidence that is still on its way.
  const found = useQuery({
    queryKey: [...key, 'disputes', disputeId],
    queryFn: async ({ signal }) => {
      const [dispute, evidence] = await Promise.all([
        api.disputes.get(disputeId, { signal }),
        api.disputes.listEvidence(disputeId, { limit: 100 }, { signal }),
      ]);
      return { dispute, evidence: evidence.data };
    },
    refetchInterval: LIVE_MS,
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/disputes" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {({ dispute, evidence }) => (
          <div className="grid gap-4">
            <ScreenHead title={words.one} beside={<DisputeStatus status={dispute.status} />} />
            <Stake dispute={dispute} />
            <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
              <div className="grid min-w-0 gap-4">
                <Suspense fallback={<Loading rows={5} />}>
                  <EvidenceForm key={evidence.length} dispute={dispute} whyNot={whyNone(dispute, evidence, words)} />
                </Suspense>
                <EvidenceList evidence={evidence} />
              </div>
              <Details dispute={dispute} />
            </div>
          </div>
        )}
      </ReadResult>
    </>
  );
}

/** Why nothing can be sent now; the server has the last word. */
function whyNone(
  dispute: Dispute,
  evidence: readonly DisputeEvidence[],
  words: ReturnType<typeof useDisputeTexts>,
): string | null {
  if (!takesEvidence(dispute)) return words.whyClosed(words.statuses[dispute.status]);
  const { evidenceDueAt } = dispute;
  if (evidenceDueAt !== null && new Date(evidenceDueAt).getTime() < Date.now()) return words.whyLate;
  return evidence.some(({ status }) => status === 'pending') ? words.whyPending : null;
}

function Stake({ dispute }: { readonly dispute: Dispute }) {
  const words = useDisputeTexts();
  const { locale } = useSpeech();
  const { status, currency, evidenceDueAt } = dispute;
  const next = DISPUTE_TRANSITIONS[status].map((one) => words.statuses[one]);
  const facts: readonly Fact[] = [
    [words.amount, <Amount key="amount" minor={dispute.amount} currency={currency} />],
    [words.withdrawn, <Amount key="withdrawn" minor={dispute.amountWithdrawn} currency={currency} />],
    [words.reinstated, <Amount key="reinstated" minor={dispute.amountReinstated} currency={currency} />],
    [
      words.due,
      evidenceDueAt === null ? (
        words.noDue
      ) : takesEvidence(dispute) ? (
        <TimeLeft key="due" until={evidenceDueAt} says={words.left} over={words.over} />
      ) : (
        <Time key="due" at={evidenceDueAt} />
      ),
    ],
  ];
  return (
    <FactsCard title={words.amount} isTitleHidden shape="figures" facts={facts}>
      <p>{words.meaning[status]}</p>
      <p className="text-sm text-muted">
        {words.mayBecome(new Intl.ListFormat(locale, { type: 'disjunction' }).format(next))}
      </p>
    </FactsCard>
  );
}

const EVIDENCE_TONES = { pending: 'info', submitted: 'good', refused: 'bad' } as const;

function EvidenceList({ evidence }: { readonly evidence: readonly DisputeEvidence[] }) {
  const words = useDisputeTexts();
  return (
    <section aria-label={words.evidence} className="card">
      <h2 className="p-4 pb-0 font-semibold">{words.evidence}</h2>
      {evidence.length === 0 ? (
        <Condition icon="send" title={words.noEvidence}>
          <p>{words.noEvidenceHint}</p>
        </Condition>
      ) : (
        <ul className="grid gap-3 p-4">
          {evidence.map(({ id, status, failureCode, createdAt }) => (
            <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Badge tone={EVIDENCE_TONES[status]} label={words.evidenceStatuses[status]} />
              <Copyable text={id} what={words.id} isShort />
              {failureCode !== null && <code className="font-mono text-sm text-bad">{failureCode}</code>}
              <span className="grow" />
              <span className="text-sm text-muted">
                <Time at={createdAt} seconds />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Details({ dispute }: { readonly dispute: Dispute }) {
  const words = useDisputeTexts();
  const { paymentId } = dispute;
  const facts: readonly Fact[] = [
    [words.reason, dispute.reason],
    [words.payment, <PaymentLink key="payment" paymentId={paymentId} />],
    [words.id, <Copyable key="id" text={dispute.id} what={words.id} />],
    [words.created, <Time key="created" at={dispute.createdAt} />],
    [words.updated, <Time key="updated" at={dispute.updatedAt} />],
  ];
  return <FactsCard title={words.details} facts={facts} />;
}
