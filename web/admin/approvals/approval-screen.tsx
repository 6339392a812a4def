import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Approval } from '../../../sdk/src/api.generated.ts';
import { NoPermission } from '../../ui/condition.tsx';
import { type Fact, FactsCard } from '../../ui/facts.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { TimeLeft } from '../money/time-left.tsx';
import { useActorNames } from '../money/use-actor-names.ts';
import { ApprovalState, detailsOf, isOwn } from './approval-facts.tsx';
import { Decision } from './decision.tsx';
import { useApprovalTexts } from './use-approval-texts.ts';

/** Two people may look at the same one: the second sees within moments what the first did. */
const LIVE_MS = 3_000;

/** One thing that waits for a second person, and the decision about it. */
export function ApprovalScreen() {
  const { may } = useHere();
  return may('approval:read') ? <OpenApproval /> : <NoPermission permission="approval:read" />;
}

function OpenApproval() {
  const words = useApprovalTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { approvalId } = useParams({ from: '/inside/$tenantId/$mode/approvals/$approvalId' });
  const found = useQuery({
    queryKey: [...key, 'approvals', approvalId],
    queryFn: ({ signal }) => api.approvals.get(approvalId, { signal }),
    refetchInterval: LIVE_MS,
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/approvals" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(approval) => (
          <div className="grid gap-4">
            <ScreenHead
              title={words.acts[approval.act] ?? approval.act}
              beside={<ApprovalState state={approval.state} />}
            />
            <Decision approval={approval} />
            <div className="grid items-start gap-4 xl:grid-cols-2">
              <FactsCard title={words.details} facts={detailsOf(approval, words)} />
              <Record approval={approval} />
            </div>
          </div>
        )}
      </ReadResult>
    </>
  );
}

function Record({ approval }: { readonly approval: Approval }) {
  const words = useApprovalTexts();
  const { session } = useHere();
  const nameOf = useActorNames();
  const { state, requestedBy, expiresAt, decidedBy, decidedAt, note, problemCode, subjectId } = approval;
  const facts: readonly Fact[] = [
    [words.requestedBy, isOwn(approval, session) ? `${session.user.name} (${words.you})` : nameOf(requestedBy)],
    [words.requestedAt, <Time key="requested" at={approval.requestedAt} seconds />],
    [words.expires, state === 'requested' && <TimeLeft until={expiresAt} says={words.left} over={words.over} />],
    [
      words.decidedBy,
      decidedBy === `user:${session.user.id}` ? `${session.user.name} (${words.you})` : decidedBy && nameOf(decidedBy),
    ],
    [words.decidedAt, decidedAt && <Time at={decidedAt} seconds />],
    [words.note, note],
    [words.refusal, problemCode],
    [words.result, subjectId && <Copyable text={subjectId} what={words.result} />],
    [words.id, <Copyable key="id" text={approval.id} what={words.id} />],
  ];
  return <FactsCard title={words.record} facts={facts} />;
}
