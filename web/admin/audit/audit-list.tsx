import { type ReactNode, useMemo, useState } from 'react';
import type { AuditEntry } from '../../../sdk/src/api.generated.ts';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { dayFilters } from '../list/day-filters.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import type { ListSearch } from '../list/list-search.ts';
import type { Page } from '../list/page.ts';
import type { AuditFilter } from './audit-search.ts';
import { EntryDialog } from './entry-dialog.tsx';
import { EntryOutcome } from './entry-outcome.tsx';
import type { AuditTexts } from './texts-en.ts';
import { useAuditTexts } from './use-audit-texts.ts';

const CLASSES = ['security', 'change', 'money'] as const;
const OUTCOMES = ['done', 'unchanged', 'refused'] as const;

/** What the API is asked for: the texts of an address, where they are values that it knows. */
export interface AuditQuery extends Omit<ListSearch<AuditFilter>, 'class' | 'outcome'> {
  readonly class: (typeof CLASSES)[number] | undefined;
  readonly outcome: (typeof OUTCOMES)[number] | undefined;
  readonly limit: number;
}

interface AuditListProps<Name extends string> {
  readonly permission: Permission;
  readonly search: ListSearch<Name | AuditFilter>;
  readonly onSearch: (search: ListSearch<Name | AuditFilter>) => void;
  readonly read: (query: AuditQuery, signal: AbortSignal | undefined) => Promise<Page<AuditEntry>>;
  /** Before the others. */
  readonly filters?: readonly Filter<Name>[];
  readonly actions?: ReactNode;
}

/** Who did what, newest first; each entry opens with what it was before and after. */
export function AuditList<Name extends string = never>(props: AuditListProps<Name>) {
  const { permission, search, onSearch, read, filters = [], actions } = props;
  const words = useAuditTexts();
  const { words: ui } = useSpeech();
  const [shown, setShown] = useState<AuditEntry | null>(null);
  const columns = useMemo(() => columnsOf(words, setShown), [words]);
  const all: readonly Filter<Name | AuditFilter>[] = [
    ...filters,
    { name: 'actor', label: words.actor },
    { name: 'action', label: words.action },
    { name: 'targetId', label: words.targetId },
    { name: 'class', label: words.class, choices: choicesOf(CLASSES, words.classes) },
    { name: 'outcome', label: words.outcome, choices: choicesOf(OUTCOMES, words.outcomes) },
    ...dayFilters(ui, 'since', 'until'),
  ];
  return (
    <>
      <ListScreen<AuditEntry, Name | AuditFilter>
        name="audit-entries"
        title={words.title}
        permission={permission}
        columns={columns}
        filters={all}
        search={search}
        onSearch={onSearch}
        read={(query, signal) => read(knownOf(query), signal)}
        emptyTitle={words.emptyTitle}
        emptyHint={words.emptyHint}
        actions={actions}
        isStill
      />
      {shown !== null && <EntryDialog entry={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function knownOf(query: ListSearch<string> & { readonly limit: number }): AuditQuery {
  return {
    ...query,
    class: CLASSES.find((one) => one === query.class),
    outcome: OUTCOMES.find((one) => one === query.outcome),
  };
}

function choicesOf<Value extends string>(values: readonly Value[], labels: Readonly<Record<Value, string>>) {
  return values.map((value) => ({ value, label: labels[value] }));
}

function columnsOf(words: AuditTexts, onShow: (entry: AuditEntry) => void): readonly Column<AuditEntry>[] {
  return [
    {
      id: 'action',
      title: words.action,
      isMain: true,
      show: (entry) => (
        <button
          type="button"
          className="min-h-8 text-start font-medium text-accent underline-offset-2 [overflow-wrap:anywhere] hover:underline"
          onClick={() => onShow(entry)}
        >
          {entry.action}
        </button>
      ),
    },
    { id: 'outcome', title: words.outcome, isMain: true, show: ({ outcome }) => <EntryOutcome outcome={outcome} /> },
    {
      id: 'actor',
      title: words.actor,
      show: ({ actor }) => <span className="text-sm [overflow-wrap:anywhere]">{actor}</span>,
    },
    {
      id: 'target',
      title: words.target,
      show: ({ target, made }) => (
        <span className="text-sm [overflow-wrap:anywhere]">{target.id ?? made ?? target.type ?? '–'}</span>
      ),
    },
    { id: 'at', title: words.at, show: ({ at }) => <Time at={at} seconds /> },
    { id: 'class', title: words.class, isExtra: true, show: (entry) => words.classes[entry.class] },
    { id: 'address', title: words.address, isExtra: true, show: ({ address }) => address ?? '–' },
    {
      id: 'correlation',
      title: words.correlation,
      isExtra: true,
      show: ({ correlationId }) =>
        correlationId === null ? '–' : <Copyable text={correlationId} what={words.correlation} isShort />,
    },
    { id: 'id', title: words.entry, isExtra: true, isNumber: true, show: ({ id }) => id },
  ];
}
