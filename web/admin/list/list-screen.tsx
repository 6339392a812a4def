import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import { Button } from '../../ui/button.tsx';
import { Condition, Loading, NoPermission } from '../../ui/condition.tsx';
import { type Column, ColumnChoice, DataTable, useHiddenColumns } from '../../ui/data-table.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { Failure } from '../failure.tsx';
import { useLive } from '../frame/live.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useAnywhere } from '../frame/use-place.ts';
import { ExportButtons } from './export-buttons.tsx';
import { type Filter, FilterBar } from './filter-bar.tsx';
import type { ListSearch } from './list-search.ts';
import type { Page } from './page.ts';

const PAGE_ROWS = 25;
/** Where nobody tells what changes. */
const LIVE_INTERVAL_MS = 10_000;

type PageQuery<Name extends string> = ListSearch<Name> & { readonly limit: number };

export interface ListScreenProps<Row, Name extends string> {
  readonly name: string;
  readonly title: string;
  /** A sentence that says what the list is for. */
  readonly hint?: string;
  readonly permission: Permission;
  readonly columns: readonly Column<Row>[];
  readonly filters: readonly Filter<Name>[];
  readonly search: ListSearch<Name>;
  readonly onSearch: (search: ListSearch<Name>) => void;
  readonly read: (query: PageQuery<Name>, signal: AbortSignal | undefined) => Promise<Page<Row>>;
  readonly emptyTitle: string;
  readonly emptyHint: string;
  /** What there is to do where nothing is yet. */
  readonly emptyAction?: ReactNode;
  /** What can be done here, beside the title. */
  readonly actions?: ReactNode;
  /** Stands below the head of its screen. */
  readonly isPart?: boolean;
  /** It does not move by itself, such as where each look at it is recorded. */
  readonly isStill?: boolean;
}

/** A list with its filters in the address, by pages; it can be had as a file, and moves by itself. */
export function ListScreen<Row extends { readonly id: string }, Name extends string>(
  props: ListScreenProps<Row, Name>,
) {
  const { may } = useAnywhere();
  if (!may(props.permission)) return <NoPermission permission={props.permission} />;
  return <OpenList {...props} />;
}

function OpenList<Row extends { readonly id: string }, Name extends string>(props: ListScreenProps<Row, Name>) {
  const { name, title, hint, columns, filters, search, onSearch, read, actions, isPart = false } = props;
  const { key } = useAnywhere();
  const { hidden, toggle } = useHiddenColumns(name, columns);
  const { words } = useSpeech();
  const live = useLive();
  // Whoever reads further down must not have the rows moved away from under them.
  const isStill = props.isStill === true || search.cursor !== undefined;
  const page = useQuery({
    queryKey: [...key, name, search],
    queryFn: ({ signal }) => read({ ...search, limit: PAGE_ROWS }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: !isStill && live !== 'live' && LIVE_INTERVAL_MS,
    refetchOnWindowFocus: !isStill,
    meta: { isStill },
  });
  return (
    <>
      <ScreenHead title={title} isPart={isPart} {...(hint === undefined ? {} : { hint })}>
        <ExportButtons name={name} read={(signal) => read(whole(search), signal)} />
        <ColumnChoice columns={columns} hidden={hidden} onToggle={toggle} />
        {actions}
      </ScreenHead>
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

/** As it is filtered now, from its beginning. */
function whole<Name extends string>({ cursor: _, ...filters }: ListSearch<Name>): PageQuery<Name> {
  return { ...filters, limit: PAGE_ROWS } as PageQuery<Name>;
}

function Nothing<Row, Name extends string>(props: ListScreenProps<Row, Name>) {
  const { search, onSearch, emptyTitle, emptyHint, emptyAction } = props;
  const { words } = useSpeech();
  const isFiltered = Object.keys(search).length > 0;
  return (
    <Condition icon="search" title={emptyTitle}>
      {isFiltered && <Button onClick={() => onSearch({})}>{words.clearFilters}</Button>}
      {!isFiltered && <p>{emptyHint}</p>}
      {!isFiltered && emptyAction}
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
