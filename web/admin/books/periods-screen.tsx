import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Period } from '../../../sdk/src/api.generated.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { useActorNames } from '../money/use-actor-names.ts';
import { monthName } from './month-name.ts';
import { PeriodState } from './period-state.tsx';
import type { BookTexts } from './texts-en.ts';
import { useBookTexts } from './use-book-texts.ts';

/** The months of the ledger, and which of them are closed. */
export function PeriodsScreen() {
  const words = useBookTexts();
  const { locale } = useSpeech();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/periods' });
  const navigate = useNavigate();
  const nameOf = useActorNames();
  const columns = useMemo(() => columnsOf(words, { place, locale, nameOf }), [words, place, locale, nameOf]);
  const filters = useMemo(() => {
    const choices = Object.entries(words.periods.states).map(([value, label]) => ({ value, label }));
    return [{ name: 'state' as const, label: words.shared.state, choices }];
  }, [words]);
  return (
    <ListScreen<Period, 'state'>
      name="periods"
      title={words.periods.title}
      permission="period:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/periods', params: place, search: next })}
      read={(query, signal) =>
        api.ledger.listPeriods(query as Parameters<typeof api.ledger.listPeriods>[0], { signal })
      }
      emptyTitle={words.periods.emptyTitle}
      emptyHint={words.periods.emptyHint}
    />
  );
}

interface Look {
  readonly place: Place;
  readonly locale: string;
  readonly nameOf: (actor: string) => string;
}

function columnsOf({ periods, shared }: BookTexts, { place, locale, nameOf }: Look): readonly Column<Period>[] {
  return [
    {
      id: 'month',
      title: periods.month,
      isMain: true,
      show: ({ id }) => (
        <TextLink to="/$tenantId/$mode/periods/$month" params={{ ...place, month: id }}>
          {monthName(id, locale)}
        </TextLink>
      ),
    },
    { id: 'state', title: shared.state, isMain: true, show: ({ state }) => <PeriodState state={state} /> },
    {
      id: 'closedAt',
      title: periods.closedAt,
      show: ({ closedAt }) => (closedAt === null ? '–' : <Time at={closedAt} />),
    },
    { id: 'closedBy', title: periods.closedBy, show: ({ closedBy }) => (closedBy === null ? '–' : nameOf(closedBy)) },
    { id: 'note', title: shared.note, show: ({ note }) => <span className="line-clamp-2">{note ?? '–'}</span> },
  ];
}
