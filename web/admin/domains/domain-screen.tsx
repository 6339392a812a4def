import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Domain } from '../../../sdk/src/api.generated.ts';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import { Button } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { useToast } from '../../ui/toast.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { DomainStatus } from './domain-status.tsx';
import { useDomainTexts } from './use-domain-texts.ts';

/** While it waits for its proof, which is looked for every minute. */
const PENDING_INTERVAL_MS = 10_000;

/** One domain: what its owner has to enter, and what the last look found. */
export function DomainScreen() {
  const { may } = useHere();
  return may('domain:read') ? <OpenDomain /> : <NoPermission permission="domain:read" />;
}

function OpenDomain() {
  const words = useDomainTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { domainId } = useParams({ from: '/inside/$tenantId/$mode/domains/$domainId' });
  const found = useQuery({
    queryKey: [...key, 'domains', domainId],
    queryFn: ({ signal }) => api.domains.get(domainId, { signal }),
    refetchInterval: ({ state }) => state.data?.status !== 'verified' && PENDING_INTERVAL_MS,
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/domains" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(domain) => <Whole domain={domain} />}
      </ReadResult>
    </>
  );
}

function Whole({ domain }: { readonly domain: Domain }) {
  const words = useDomainTexts();
  const { record, problem, checkedAt, verifiedAt } = domain;
  const steps = [
    [words.type, record.type],
    [words.name, record.name],
    [words.value, record.value],
  ] as const;
  return (
    <div className="grid gap-4">
      <ScreenHead title={domain.domain} beside={<DomainStatus status={domain.status} />} />
      <p className="max-w-prose">{words.statusHints[domain.status]}</p>
      <DomainActions domain={domain} />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <section aria-label={words.record} className="card grid gap-3 p-4">
          <div>
            <h2 className="font-semibold">{words.record}</h2>
            <p className="text-muted">{words.recordHint}</p>
          </div>
          <dl className="grid gap-2">
            {steps.map(([label, text]) => (
              <div key={label} className="grid gap-1 rounded-md bg-sunken px-3 py-2">
                <dt className="text-sm text-muted">{label}</dt>
                <dd>
                  <Copyable text={text} what={label} />
                </dd>
              </div>
            ))}
          </dl>
          <p className="text-sm text-muted">{words.pointHint}</p>
        </section>
        <FactsCard
          shape="pairs"
          title={words.problem}
          facts={[
            [words.checked, checkedAt === null ? words.never : <Time key="checked" at={checkedAt} seconds />],
            [words.problem, problem === null ? (checkedAt === null ? null : words.fine) : words.problems[problem]],
            [words.verified, verifiedAt === null ? null : <Time key="verified" at={verifiedAt} />],
            [words.created, <Time key="created" at={domain.createdAt} />],
            [words.id, <Copyable key="id" text={domain.id} what={words.id} />],
          ]}
        />
      </div>
    </div>
  );
}

function DomainActions({ domain }: { readonly domain: Domain }) {
  const words = useDomainTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, place, may } = useHere();
  const navigate = useNavigate();
  const tell = useToast();
  const [isRemoving, setRemoving] = useState(false);
  const whyNot = (permission: Permission) => (may(permission) ? null : ui.noPermissionHint(permission));
  const checking = useAct({
    run: () => api.domains.check(domain.id),
    refreshes: [[...key, 'domains']],
    onDone: (looked) => {
      const isProven = looked?.status === 'verified' && looked.problem === null;
      const problem = looked?.problem ?? null;
      tell(
        isProven ? words.found : problem === null ? words.notFound : words.problems[problem],
        isProven ? 'good' : 'bad',
      );
    },
  });
  const removing = useAct({
    run: () => api.domains.delete(domain.id),
    done: words.removed,
    onDone: () => void navigate({ to: '/$tenantId/$mode/domains', params: place }),
    saysErrors: true,
  });
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        look="primary"
        icon="refresh"
        isBusy={checking.isPending}
        whyNot={whyNot('domain:execute')}
        onClick={() => checking.mutate(undefined)}
      >
        {words.check}
      </Button>
      <Button icon="cross" whyNot={whyNot('domain:delete')} onClick={() => setRemoving(true)}>
        {words.remove}
      </Button>
      {isRemoving && (
        <ConfirmDialog
          title={words.removeTitle}
          hint={words.removeHint(domain.domain)}
          verb={words.remove}
          keep={words.keep}
          act={removing}
          onConfirm={() => removing.mutate(undefined)}
          onClose={() => setRemoving(false)}
        />
      )}
    </div>
  );
}
