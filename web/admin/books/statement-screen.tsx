import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { StatementLine, StatementWithResult } from '../../../sdk/src/api.generated.ts';
import { NoPermission } from '../../ui/condition.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { type Fact, FactsCard } from '../../ui/facts.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import { BackLink, TextLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import type { LINE_FILTERS } from './books-search.ts';
import { LineState, StatementStatus } from './statement-status.tsx';
import type { BookTexts } from './texts-en.ts';
import { useAccountNames } from './use-account-names.ts';
import { useBookTexts } from './use-book-texts.ts';

type FilterName = (typeof LINE_FILTERS)[number];

const MOVING_MS = 1_500;
const RESTING_MS = 30_000;

/** One statement: what came of its lines, and each of them. */
export function StatementScreen() {
  const { may } = useHere();
  return may('statement:read') ? <OpenStatement /> : <NoPermission permission="statement:read" />;
}

function OpenStatement() {
  const { statements: words } = useBookTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { statementId } = useParams({ from: '/inside/$tenantId/$mode/statements/$statementId' });
  const { nameOf } = useAccountNames();
  const found = useQuery({
    queryKey: [...key, 'statements', statementId],
    queryFn: ({ signal }) => api.reconciliation.getStatement(statementId, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === 'reconciled' ? RESTING_MS : MOVING_MS),
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/statements" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(statement) => (
          <div className="grid gap-4">
            <ScreenHead
              title={statement.name ?? `${words.sources[statement.source]} · ${nameOf(statement.providerAccountId)}`}
              beside={<StatementStatus status={statement.status} />}
            />
            <Result statement={statement} />
            <Details statement={statement} />
            <div>
              <Lines key={statement.status} statementId={statement.id} />
            </div>
          </div>
        )}
      </ReadResult>
    </>
  );
}

const SHOWN_STATES = ['matched', 'booked', 'open', 'accepted', 'deferred', 'waiting'] as const;

function Result({ statement }: { readonly statement: StatementWithResult }) {
  const { statements: words } = useBookTexts();
  const { place } = useHere();
  const { lineStates, providerAccountId } = statement;
  const facts = SHOWN_STATES.filter((state) => lineStates[state] > 0 || state === 'matched' || state === 'open').map(
    (state): Fact => [
      words.states[state],
      <span key={state} className="number">
        {lineStates[state]}
      </span>,
    ],
  );
  return (
    <FactsCard title={words.result} shape="figures" facts={statement.linesNew === 0 ? [] : facts}>
      <p className="text-muted">
        {statement.linesNew === 0 && statement.status === 'reconciled'
          ? words.noLines
          : words.meaning[statement.status]}
      </p>
      {lineStates.open > 0 && (
        <p>
          <TextLink
            to="/$tenantId/$mode/reconciliation-exceptions"
            params={place}
            search={{ state: 'open', providerAccountId }}
          >
            {words.seeExceptions}
          </TextLink>
        </p>
      )}
    </FactsCard>
  );
}

function Details({ statement }: { readonly statement: StatementWithResult }) {
  const { statements: words, shared } = useBookTexts();
  const { nameOf } = useAccountNames();
  const facts: readonly Fact[] = [
    [shared.providerAccount, nameOf(statement.providerAccountId)],
    [words.source, words.sources[statement.source]],
    [
      words.lines,
      <span key="lines" className="number">{`${statement.lines} (${words.linesNew}: ${statement.linesNew})`}</span>,
    ],
    [
      words.period,
      <span key="period">
        <Time at={statement.periodFrom} /> – <Time at={statement.periodTo} />
      </span>,
    ],
    [shared.created, <Time key="created" at={statement.createdAt} />],
    [shared.id, <Copyable key="id" text={statement.id} what={shared.id} />],
    [words.lastError, statement.lastError],
  ];
  return <FactsCard title={shared.details} isTitleHidden shape="columns" facts={facts} />;
}

function Lines({ statementId }: { readonly statementId: string }) {
  const words = useBookTexts();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/statements/$statementId' });
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(words), [words]);
  const filters = useMemo(() => {
    const choices = Object.entries(words.statements.states).map(([value, label]) => ({ value, label }));
    return [{ name: 'state' as const, label: words.shared.state, choices }];
  }, [words]);
  return (
    <ListScreen<StatementLine, FilterName>
      name={`statement-lines-${statementId}`}
      title={words.statements.lines}
      isPart
      permission="statement:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) =>
        void navigate({
          to: '/$tenantId/$mode/statements/$statementId',
          params: { ...place, statementId },
          search: next,
        })
      }
      read={(query, signal) =>
        api.reconciliation.listStatementLines(
          statementId,
          query as Parameters<typeof api.reconciliation.listStatementLines>[1],
          { signal },
        )
      }
      emptyTitle={words.statements.noLines}
      emptyHint=""
    />
  );
}

function columnsOf({ statements, shared }: BookTexts): readonly Column<StatementLine>[] {
  const sum = (name: 'gross' | 'fee' | 'net', isMain = false): Column<StatementLine> => ({
    id: name,
    title: statements[name],
    isNumber: true,
    isMain,
    show: (line) => <Amount minor={line[name]} currency={line.currency} />,
  });
  return [
    {
      id: 'lineRef',
      title: statements.lineRef,
      isMain: true,
      show: ({ lineRef }) => <span className="[overflow-wrap:anywhere]">{lineRef}</span>,
    },
    { id: 'kind', title: shared.kind, show: ({ kind }) => statements.kinds[kind] },
    { id: 'state', title: shared.state, isMain: true, show: ({ state }) => <LineState state={state} /> },
    sum('gross', true),
    sum('fee'),
    sum('net'),
    { id: 'occurred', title: statements.occurred, show: ({ occurredAt }) => <Time at={occurredAt} /> },
    {
      id: 'subject',
      title: statements.subject,
      isExtra: true,
      show: ({ subject }) =>
        subject === null ? '–' : <Copyable text={subject.id} what={statements.subject} isShort />,
    },
    { id: 'payoutRef', title: statements.payoutRef, isExtra: true, show: ({ payoutRef }) => payoutRef ?? '–' },
  ];
}
