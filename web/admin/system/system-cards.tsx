import type { ReactNode } from 'react';
import type { System } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Time } from '../../ui/value.tsx';
import { useSystemTexts } from './use-system-texts.ts';

interface SystemProps {
  readonly system: System;
}

/** Who does the work, and when each last said that it lives. */
export function ProcessesCard({ system }: SystemProps) {
  const words = useSystemTexts();
  return (
    <TableCard
      title={words.processes}
      rows={system.processes}
      keyOf={({ id }) => id}
      empty={words.noProcesses}
      columns={[
        {
          id: 'roles',
          title: words.roles,
          isMain: true,
          show: ({ roles }) => <span className="[overflow-wrap:anywhere]">{roles.join(', ')}</span>,
        },
        {
          id: 'alive',
          title: words.seen,
          isMain: true,
          show: ({ alive, seenAt }) => (
            <span className="flex flex-wrap items-center gap-x-2">
              <Badge tone={alive ? 'good' : 'bad'} label={alive ? words.alive : words.gone} />
              <span className="max-md:hidden">
                <Time at={seenAt} seconds />
              </span>
            </span>
          ),
        },
        { id: 'version', title: words.version, show: ({ version }) => version },
        { id: 'host', title: words.host, show: ({ host }) => <span className="[overflow-wrap:anywhere]">{host}</span> },
        { id: 'started', title: words.started, show: ({ startedAt }) => <Time at={startedAt} /> },
      ]}
    />
  );
}

/** What waits to be done, by kind. */
export function LanesCard({ system }: SystemProps) {
  const words = useSystemTexts();
  return (
    <TableCard
      title={words.lanes}
      hint={words.lanesHint}
      rows={system.lanes}
      keyOf={({ kind }) => kind}
      empty={words.nothingDue}
      columns={[
        { id: 'kind', title: words.kind, isMain: true, show: ({ kind }) => <code className="text-sm">{kind}</code> },
        { id: 'due', title: words.due, isMain: true, isNumber: true, show: ({ due }) => due },
        {
          id: 'oldest',
          title: words.oldest,
          isMain: true,
          show: ({ oldestDueAt }) => (oldestDueAt === null ? '–' : <Time at={oldestDueAt} seconds />),
        },
        { id: 'held', title: words.held, isNumber: true, show: ({ held }) => held },
        { id: 'all', title: words.all, isNumber: true, show: ({ lanes }) => lanes },
      ]}
    />
  );
}

/** What is done beside the lanes, and how much of it waits. */
export function JobsCard({ system }: SystemProps) {
  const words = useSystemTexts();
  return (
    <TableCard
      title={words.jobs}
      rows={system.jobs}
      keyOf={({ name }) => name}
      empty={words.nothingDue}
      columns={[
        {
          id: 'job',
          title: words.job,
          isMain: true,
          show: ({ name, description }) => (
            <span lang="en">
              <span className="block font-medium">{name}</span>
              <span className="block text-sm text-muted">{description}</span>
            </span>
          ),
        },
        { id: 'waiting', title: words.waiting, isMain: true, isNumber: true, show: ({ waiting }) => waiting },
      ]}
    />
  );
}

interface TableCardProps<Row extends object> {
  readonly title: string;
  readonly hint?: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  readonly empty: ReactNode;
}

function TableCard<Row extends object>({ title, hint, rows, keyOf, columns, empty }: TableCardProps<Row>) {
  return (
    <section aria-label={title} className="card overflow-clip">
      <div className="px-4 pt-4">
        <h2 className="font-semibold">{title}</h2>
        {hint !== undefined && <p className="text-sm text-muted">{hint}</p>}
      </div>
      {rows.length === 0 ? (
        <p className="p-4 text-muted">{empty}</p>
      ) : (
        <DataTable caption={title} rows={rows} keyOf={keyOf} columns={columns} />
      )}
    </section>
  );
}
