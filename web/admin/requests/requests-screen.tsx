import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { ApiRequest } from '../../../sdk/src/api.generated.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import type { ListSearch } from '../list/list-search.ts';
import { choicesOf, LINK } from '../notify/look.ts';
import { RequestStatus } from './request-status.tsx';
import type { REQUEST_FILTERS } from './requests-search.ts';
import type { RequestTexts } from './texts-en.ts';
import { useRequestTexts } from './use-request-texts.ts';

const RequestSheet = lazy(() => import('./request-sheet.tsx').then((module) => ({ default: module.RequestSheet })));

type FilterName = (typeof REQUEST_FILTERS)[number];

/** What a tenant's back ends asked of the API; what was refused says why and what to do. */
export function RequestsScreen() {
  const words = useRequestTexts();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/requests' });
  const navigate = useNavigate();
  const [opened, setOpened] = useState<ApiRequest | null>(null);
  const columns = useMemo(() => columnsOf(words, setOpened), [words]);
  const filters = useMemo(() => filtersOf(words), [words]);
  return (
    <>
      <ListScreen<ApiRequest, FilterName>
        name="api-requests"
        title={words.title}
        permission="request-log:read"
        columns={columns}
        filters={filters}
        search={search}
        onSearch={(next) => void navigate({ to: '/$tenantId/$mode/requests', params: place, search: next })}
        read={(query, signal) => api.panel.getRequestLog(query as ListSearch<never>, { signal })}
        emptyTitle={words.emptyTitle}
        emptyHint={words.emptyHint}
      />
      <Suspense>{opened !== null && <RequestSheet request={opened} onClose={() => setOpened(null)} />}</Suspense>
    </>
  );
}

function columnsOf(words: RequestTexts, open: (request: ApiRequest) => void): readonly Column<ApiRequest>[] {
  return [
    {
      id: 'request',
      title: words.request,
      isMain: true,
      show: (request) => (
        <button type="button" className={`${LINK} text-start`} onClick={() => open(request)}>
          <span className="font-mono text-sm">
            {request.method} {request.route}
          </span>
        </button>
      ),
    },
    {
      id: 'status',
      title: words.status,
      isMain: true,
      show: ({ status }) => <RequestStatus status={status} />,
    },
    {
      id: 'code',
      title: words.code,
      show: ({ problem }) => (problem === null ? '–' : <code className="text-sm">{problem.code}</code>),
    },
    { id: 'duration', title: words.duration, isNumber: true, show: ({ durationMs }) => words.took(durationMs) },
    { id: 'at', title: words.at, show: ({ createdAt }) => <Time at={createdAt} seconds /> },
    { id: 'operation', title: words.operation, isExtra: true, show: ({ operation }) => operation },
    {
      id: 'actor',
      title: words.actor,
      isExtra: true,
      show: ({ actor }) => <Copyable text={actor} what={words.actor} isShort />,
    },
    {
      id: 'correlation',
      title: words.correlation,
      isExtra: true,
      show: ({ correlationId }) => <Copyable text={correlationId} what={words.correlation} isShort />,
    },
  ];
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((value) => ({ value, label: value }));

function filtersOf(words: RequestTexts): readonly Filter<FilterName>[] {
  return [
    { name: 'refused', label: words.refused, choices: choicesOf(words.outcomes) },
    { name: 'status', label: words.status },
    { name: 'code', label: words.code },
    { name: 'method', label: words.method, choices: METHODS },
    { name: 'operation', label: words.operation },
    { name: 'actor', label: words.actor },
    { name: 'correlationId', label: words.correlation },
    { name: 'createdAfter', label: words.from, isDay: 'start' },
    { name: 'createdBefore', label: words.to, isDay: 'end' },
  ];
}
