import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import { Button } from '../../ui/button.tsx';
import { Condition, Loading, NoPermission } from '../../ui/condition.tsx';
import { type Column, ColumnChoice, DataTable, useHiddenColumns } from '../../ui/data-table.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { Failure } from '../failure.tsx';
import { useHere } from '../frame/use-place.ts';
import { ExportButtons } from './export-buttons.tsx';
import type { Page } from './export-rows.ts';
import { type Filter, FilterBar } from './filter-bar.tsx';
import type { ListSearch } from './list-search.ts';

const PAGE_ROWS = 25;
/** Of the first page alone: whoever reads further down must not have the rows moved away from under them. */
const LIVE_INTERVAL_MS = 10_000;

type PageQuery<Name extends string> = ListSearch<Name> & { readonly limit: number };

export interface ListScreenProps<Row, Name extends string> {
  readonly name: string;
  readonly title: string;
  readonly permission: Permission;
  readonly columns: readonly Column<Row>[];
  readonly filters: readonly Filter<Name>[];
  readonly search: ListSearch<Name>;
  readonly onSearch: (search: ListSearch<Name>) => void;
  readonly read: (query: PageQuery<Name>, signal: AbortSignal | undefined) => Promise<Page<Row>>;
  readonly emptyTitle: string;
  readonly emptyHint: string;
  /** What can be done here, beside the title. */
  readonly actions?: ReactNode;
}

/** A list with its filters in the address, by pages; it can be had as a file, and moves by itself. */
export function ListScreen<Row extends { readonly id: string }, Name extends string>(
  props: ListScreenProps<Row, Name>,
) {
  const { may } = useHere();
  if (!may(props.permission)) return <NoPermission permission={props.permission} />;
  return <OpenList {...props} />;
}

function OpenList<Row extends { readonly id: string }, Name extends string>(props: ListScreenProps<Row, Name>) {
  const { name, title, columns, filters, search, onSearch, read, actions } = props;
  const { key } = useHere();
  const { hidden, toggle } = useHiddenColumns(name, columns);
  const { words } = useSpeech();
  const page = useQuery({
    queryKey: [...key, name, search],
    queryFn: ({ signal }) => read({ ...search, limit: PAGE_ROWS }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: search.cursor === undefined && LIVE_INTERVAL_MS,
  });
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <h1 className="me-auto text-xl font-semibold">{title}</h1>
        <ExportButtons name={name} read={(part) => read({ ...search, ...part } as PageQuery<Name>, undefined)} />
        <ColumnChoice columns={columns} hidden={hidden} onToggle={toggle} />
        {actions}
      </div>
      <FilterBar filters={filters} search={search} onSearch={onSearch} />
      <section aria-label={title} aria-busy={page.isFetching} className="card mt-3 overflow-clip">
        {page.isPending && <Loading rows={6} />}
        {page.isError && !page.data && <Failure error={page.error} onRetry={() => void page.refetch()} />}
        {page.data?.data.length === 0 && <Nothing {...props} />}
        {page.data !== undefined && page.data.data.length > 0 && (
          <DataTable caption={title} columns={columns} rows={page.data.data} keyOf={({ id }) => id} hidden={hidden} />
        )}
        {page.data !== undefined && <Pager page={page.data} search={search} onSearch={onSearch} />}
      </section>
      <p role="status" className="sr-only">
        {page.isFetching && page.isPlaceholderData ? words.loading : ''}
      </p>
    </>
  );
}

function Nothing<Row, Name extends string>({ search, onSearch, emptyTitle, emptyHint }: ListScreenProps<Row, Name>) {
  const { words } = useSpeech();
  const isFiltered = Object.keys(search).length > 0;
  return (
    <Condition icon="search" title={emptyTitle}>
      {isFiltered ? <Button onClick={() => onSearch({})}>{words.clearFilters}</Button> : <p>{emptyHint}</p>}
    </Condition>
  );
}

interface PagerProps<Name extends string> {
  readonly page: Page<unknown>;
  readonly search: ListSearch<Name>;
  readonly onSearch: (search: ListSearch<Name>) => void;
}

/** Leads through pages that go by cursor: there is no number of them, only on and back the way one came. */
function Pager<Name extends string>({ page, search, onSearch }: PagerProps<Name>) {
  const { words } = useSpeech();
  const router = useRouter();
  const depth = useRef(0);
  const isFirst = search.cursor === undefined;
  if (isFirst) depth.current = 0;
  if (isFirst && !page.hasMore) return null;
  const { cursor: _, ...filters } = search;
  return (
    <div className="flex flex-wrap justify-end gap-2 border-t border-line p-3">
      {!isFirst && (
        <Button look="quiet" onClick={() => onSearch(filters as ListSearch<Name>)}>
          {words.newest}
        </Button>
      )}
      {depth.current > 0 && (
        <Button
          icon="left"
          onClick={() => {
            depth.current -= 1;
            router.history.back();
          }}
        >
          {words.previous}
        </Button>
      )}
      {page.hasMore && page.nextCursor !== null && (
        <Button
          icon="right"
          onClick={() => {
            depth.current += 1;
            onSearch({ ...search, cursor: page.nextCursor ?? '' });
          }}
        >
          {words.next}
        </Button>
      )}
    </div>
  );
}
