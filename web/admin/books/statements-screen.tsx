import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Statement } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import type { STATEMENT_FILTERS } from './books-search.ts';
import { StatementStatus } from './statement-status.tsx';
import type { BookTexts } from './texts-en.ts';
import { useAccountNames } from './use-account-names.ts';
import { useBookTexts } from './use-book-texts.ts';

type FilterName = (typeof STATEMENT_FILTERS)[number];

const UploadDialog = lazy(() => import('./upload-dialog.tsx').then((module) => ({ default: module.UploadDialog })));

/** What providers say they settled. */
export function StatementsScreen() {
  const words = useBookTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { place, may } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/statements' });
  const navigate = useNavigate();
  const { nameOf, choices } = useAccountNames();
  const [isUploading, setUploading] = useState(false);
  const columns = useMemo(() => columnsOf(words, place, nameOf), [words, place, nameOf]);
  const filters = useMemo(
    (): readonly Filter<FilterName>[] => [
      {
        name: 'status',
        label: words.shared.status,
        choices: Object.entries(words.statements.statuses).map(([value, label]) => ({ value, label })),
      },
      { name: 'providerAccountId', label: words.shared.providerAccount, choices },
    ],
    [words, choices],
  );
  return (
    <>
      <ListScreen<Statement, FilterName>
        name="statements"
        title={words.statements.title}
        permission="statement:read"
        columns={columns}
        filters={filters}
        search={search}
        onSearch={(next) => void navigate({ to: '/$tenantId/$mode/statements', params: place, search: next })}
        read={(query, signal) =>
          api.reconciliation.listStatements(query as Parameters<typeof api.reconciliation.listStatements>[0], {
            signal,
          })
        }
        emptyTitle={words.statements.emptyTitle}
        emptyHint={words.statements.emptyHint}
        actions={
          <Button
            look="primary"
            whyNot={may('statement:create') ? null : ui.noPermissionHint('statement:create')}
            onClick={() => setUploading(true)}
          >
            {words.statements.upload}
          </Button>
        }
      />
      <Suspense>{isUploading && <UploadDialog onClose={() => setUploading(false)} />}</Suspense>
    </>
  );
}

function columnsOf(
  { statements, shared }: BookTexts,
  place: Place,
  nameOf: (id: string) => string,
): readonly Column<Statement>[] {
  return [
    {
      id: 'name',
      title: statements.name,
      isMain: true,
      show: ({ id, name, source, providerAccountId }) => (
        <TextLink to="/$tenantId/$mode/statements/$statementId" params={{ ...place, statementId: id }}>
          {name ?? `${statements.sources[source]} · ${nameOf(providerAccountId)}`}
        </TextLink>
      ),
    },
    { id: 'status', title: shared.status, isMain: true, show: ({ status }) => <StatementStatus status={status} /> },
    { id: 'provider', title: shared.providerAccount, show: ({ providerAccountId }) => nameOf(providerAccountId) },
    { id: 'source', title: statements.source, show: ({ source }) => statements.sources[source] },
    { id: 'lines', title: statements.lines, isNumber: true, show: ({ lines }) => lines },
    { id: 'linesNew', title: statements.linesNew, isNumber: true, show: ({ linesNew }) => linesNew },
    {
      id: 'period',
      title: statements.period,
      isExtra: true,
      show: ({ periodFrom, periodTo }) => (
        <>
          <Time at={periodFrom} /> – <Time at={periodTo} />
        </>
      ),
    },
    { id: 'created', title: shared.created, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'id', title: shared.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={shared.id} isShort /> },
  ];
}
