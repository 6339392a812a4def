import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Domain } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { DomainStatus } from './domain-status.tsx';
import type { DomainTexts } from './texts-en.ts';
import { useDomainTexts } from './use-domain-texts.ts';

const ClaimDialog = lazy(() => import('./claim-dialog.tsx').then((module) => ({ default: module.ClaimDialog })));

/** The hosts of the tenant's own, at which its shoppers pay. */
export function DomainsScreen() {
  const words = useDomainTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { place, may } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/domains' });
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const columns = useMemo(() => columnsOf(words, place), [words, place]);
  return (
    <>
      <ListScreen<Domain, never>
        name="domains"
        title={words.title}
        permission="domain:read"
        columns={columns}
        filters={[]}
        search={search}
        onSearch={(next) => void navigate({ to: '/$tenantId/$mode/domains', params: place, search: next })}
        read={(query, signal) => api.domains.list(query, { signal })}
        emptyTitle={words.emptyTitle}
        emptyHint={words.emptyHint}
        actions={
          <Button
            look="primary"
            whyNot={may('domain:create') ? null : ui.noPermissionHint('domain:create')}
            onClick={() => setAdding(true)}
          >
            {words.add}
          </Button>
        }
      />
      <Suspense>{isAdding && <ClaimDialog onClose={() => setAdding(false)} />}</Suspense>
    </>
  );
}

function columnsOf(words: DomainTexts, place: Place): readonly Column<Domain>[] {
  return [
    {
      id: 'domain',
      title: words.domain,
      isMain: true,
      show: ({ id, domain }) => (
        <TextLink to="/$tenantId/$mode/domains/$domainId" params={{ ...place, domainId: id }}>
          {domain}
        </TextLink>
      ),
    },
    { id: 'status', title: words.status, isMain: true, show: ({ status }) => <DomainStatus status={status} /> },
    {
      id: 'problem',
      title: words.problem,
      show: ({ problem, checkedAt }) =>
        problem === null ? (checkedAt === null ? words.never : words.fine) : words.problems[problem],
    },
    {
      id: 'checked',
      title: words.checked,
      show: ({ checkedAt }) => (checkedAt === null ? words.never : <Time at={checkedAt} />),
    },
    { id: 'created', title: words.created, isExtra: true, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}
