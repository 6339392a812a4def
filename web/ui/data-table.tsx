import { columnVisibilityFeature, createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table';
import { type ReactNode, useMemo, useState } from 'react';
import { classNames } from './class-names.ts';
import { useSpeech } from './words.tsx';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly show: (row: Row) => ReactNode;
  readonly isNumber?: boolean;
  /** Hidden until somebody asks for it. */
  readonly isExtra?: boolean;
  /** Shown on narrow screens as well. */
  readonly isMain?: boolean;
}

interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly hidden?: Hidden;
}

type Hidden = Readonly<Record<string, boolean>>;

// Sorting, filtering and paging are the server's, which has all the rows.
const FEATURES = tableFeatures({ columnVisibilityFeature });

/** Rows of one kind. On a phone each row keeps its main columns; the rest is on the page that the row leads to. */
export function DataTable<Row extends object>({ caption, columns, rows, keyOf, hidden = {} }: DataTableProps<Row>) {
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns]);
  const defined = useMemo(() => {
    const helper = createColumnHelper<typeof FEATURES, Row>();
    return columns.map(({ id, title, show }) =>
      helper.display({ id, header: title, cell: ({ row }) => show(row.original) }),
    );
  }, [columns]);
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({
    features: FEATURES,
    columns: defined,
    data,
    getRowId: keyOf,
    state: { columnVisibility: visibilityOf(hidden) },
  });
  return (
    <div className="overflow-x-auto">
      <table className="w-full border-collapse text-start">
        <caption className="sr-only">{caption}</caption>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} className="border-b border-line">
              {group.headers.map((header) => (
                <th
                  key={header.id}
                  scope="col"
                  className={cellClass(byId.get(header.column.id), 'py-2 text-sm font-medium text-muted')}
                >
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} className="border-b border-line last:border-0 hover:bg-sunken">
              {row.getVisibleCells().map((cell) => (
                <td key={cell.id} className={cellClass(byId.get(cell.column.id), 'h-12 py-1.5')}>
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function visibilityOf(hidden: Hidden): Record<string, boolean> {
  return Object.fromEntries(Object.entries(hidden).map(([id, isHidden]) => [id, !isHidden]));
}

function cellClass<Row>(column: Column<Row> | undefined, base: string): string {
  return classNames(
    base,
    'px-3 first:ps-4 last:pe-4',
    column?.isNumber ? 'text-end' : 'text-start',
    column?.isMain !== true && 'max-md:hidden',
  );
}

/** Which columns are hidden, kept for the next time in this browser. */
export function useHiddenColumns<Row>(list: string, columns: readonly Column<Row>[]) {
  const key = `tollgate.columns.${list}`;
  const [hidden, setHidden] = useState<Hidden>(() => {
    const kept = localStorage.getItem(key)?.split(' ');
    return Object.fromEntries(columns.map(({ id, isExtra = false }) => [id, kept?.includes(id) ?? isExtra]));
  });
  const toggle = (id: string) => {
    const next = { ...hidden, [id]: !hidden[id] };
    // A table without a column shows nothing, and could not be brought back.
    if (columns.every((column) => next[column.id])) return;
    const names = columns.map((column) => column.id).filter((name) => next[name]);
    localStorage.setItem(key, names.join(' '));
    setHidden(next);
  };
  return { hidden, toggle };
}

interface ColumnChoiceProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly hidden: Hidden;
  readonly onToggle: (id: string) => void;
}

/** A list of ticks behind a button; no menu, so that several can be changed at once. */
export function ColumnChoice<Row>({ columns, hidden, onToggle }: ColumnChoiceProps<Row>) {
  const { words } = useSpeech();
  return (
    <details className="relative max-md:hidden">
      <summary className="inline-flex min-h-10 items-center rounded-md border border-line-strong bg-surface px-3.5 font-medium hover:bg-sunken">
        {words.columns}
      </summary>
      <fieldset className="absolute end-0 z-20 mt-1 grid min-w-52 gap-2 rounded-lg border border-line bg-raised p-3 shadow-float">
        <legend className="sr-only">{words.columns}</legend>
        {columns.map(({ id, title }) => (
          <label key={id} className="flex items-center gap-2">
            <input
              type="checkbox"
              className="size-5 accent-accent"
              checked={!hidden[id]}
              onChange={() => onToggle(id)}
            />
            {title}
          </label>
        ))}
      </fieldset>
    </details>
  );
}
