import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Event } from '../../../sdk/src/api.generated.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import type { ListSearch } from '../list/list-search.ts';
import type { EVENT_FILTERS } from './events-search.ts';
import { paymentIdOf } from './payment-of-event.ts';
import type { EventTexts } from './texts-en.ts';
import { useEventTexts } from './use-event-texts.ts';

type FilterName = (typeof EVENT_FILTERS)[number];

/** Everything that happened, the newest first, told to somebody or not. */
export function EventsScreen() {
  const words = useEventTexts();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/events' });
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(words, place), [words, place]);
  const filters = useMemo(() => filtersOf(words), [words]);
  return (
    <ListScreen<Event, FilterName>
      name="events"
      title={words.title}
      permission="event:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/events', params: place, search: next })}
      read={(query, signal) => api.notifications.listEvents(query as ListSearch<never>, { signal })}
      emptyTitle={words.emptyTitle}
      emptyHint={words.emptyHint}
    />
  );
}

function columnsOf(words: EventTexts, place: Place): readonly Column<Event>[] {
  return [
    {
      id: 'type',
      title: words.type,
      isMain: true,
      show: ({ id, type }) => (
        <TextLink to="/$tenantId/$mode/events/$eventId" params={{ ...place, eventId: id }}>
          {type}
        </TextLink>
      ),
    },
    { id: 'what', title: words.what, show: ({ type }) => words.types[type] },
    {
      id: 'payment',
      title: words.payment,
      show: (event) => {
        const paymentId = paymentIdOf(event);
        return paymentId === null ? (
          '–'
        ) : (
          <TextLink to="/$tenantId/$mode/payments/$paymentId" params={{ ...place, paymentId }}>
            <span title={paymentId}>{`${paymentId.slice(0, 8)}…${paymentId.slice(-6)}`}</span>
          </TextLink>
        );
      },
    },
    { id: 'created', title: words.created, isMain: true, show: ({ createdAt }) => <Time at={createdAt} seconds /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}

function filtersOf(words: EventTexts): readonly Filter<FilterName>[] {
  return [
    {
      name: 'type',
      label: words.type,
      choices: Object.keys(words.types).map((type) => ({ value: type, label: type })),
    },
    { name: 'undelivered', label: words.undelivered, choices: [{ value: 'true', label: words.toNobody }] },
    { name: 'paymentId', label: words.payment },
    { name: 'since', label: words.from, isDay: 'start' },
    { name: 'until', label: words.to, isDay: 'end' },
  ];
}
