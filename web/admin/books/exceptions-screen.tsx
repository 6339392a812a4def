import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { ReconciliationException } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import type { EXCEPTION_FILTERS } from './books-search.ts';
import { sentenceOf } from './exception-words.ts';
import type { BookTexts } from './texts-en.ts';
import { useAccountNames } from './use-account-names.ts';
import { useBookTexts } from './use-book-texts.ts';

type FilterName = (typeof EXCEPTION_FILTERS)[number];

/** What differs between statements and books; each as one sentence. */
export function ExceptionsScreen() {
  const words = useBookTexts();
  const { locale } = useSpeech();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/reconciliation-exceptions' });
  const navigate = useNavigate();
  const { nameOf, choices } = useAccountNames();
  const columns = useMemo(() => columnsOf(words, { place, locale, nameOf }), [words, place, locale, nameOf]);
  const filters = useMemo((): readonly Filter<FilterName>[] => {
    const choicesOf = (labels: Readonly<Record<string, string>>) =>
      Object.entries(labels).map(([value, label]) => ({ value, label }));
    return [
      { name: 'state', label: words.shared.state, choices: choicesOf(words.exceptions.states) },
      { name: 'kind', label: words.shared.kind, choices: choicesOf(words.exceptions.kinds) },
      { name: 'providerAccountId', label: words.shared.providerAccount, choices },
    ];
  }, [words, choices]);
  return (
    <ListScreen<ReconciliationException, FilterName>
      name="reconciliation-exceptions"
      title={words.exceptions.title}
      permission="reconciliation:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) =>
        void navigate({ to: '/$tenantId/$mode/reconciliation-exceptions', params: place, search: next })
      }
      read={(query, signal) =>
        api.reconciliation.listExceptions(query as Parameters<typeof api.reconciliation.listExceptions>[0], { signal })
      }
      emptyTitle={words.exceptions.emptyTitle}
      emptyHint={words.exceptions.emptyHint}
    />
  );
}

export function ExceptionState({ state }: { readonly state: ReconciliationException['state'] }) {
  const { exceptions } = useBookTexts();
  return (
    <Badge
      tone={state === 'open' ? 'warn' : 'good'}
      icon={state === 'open' ? 'warning' : 'check'}
      label={exceptions.states[state]}
    />
  );
}

interface Look {
  readonly place: Place;
  readonly locale: string;
  readonly nameOf: (id: string) => string;
}

function columnsOf(
  { exceptions, shared }: BookTexts,
  { place, locale, nameOf }: Look,
): readonly Column<ReconciliationException>[] {
  return [
    {
      id: 'sentence',
      title: exceptions.sentence,
      isMain: true,
      show: (exception) => (
        <TextLink
          to="/$tenantId/$mode/reconciliation-exceptions/$exceptionId"
          params={{ ...place, exceptionId: exception.id }}
        >
          {sentenceOf(exception, exceptions, locale)}
        </TextLink>
      ),
    },
    { id: 'state', title: shared.state, isMain: true, show: ({ state }) => <ExceptionState state={state} /> },
    { id: 'kind', title: shared.kind, show: ({ kind }) => exceptions.kinds[kind] },
    {
      id: 'difference',
      title: exceptions.difference,
      isNumber: true,
      show: ({ difference, currency }) => <Amount minor={difference} currency={currency} />,
    },
    {
      id: 'provider',
      title: shared.providerAccount,
      isExtra: true,
      show: ({ providerAccountId }) => nameOf(providerAccountId),
    },
    { id: 'created', title: shared.created, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'id', title: shared.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={shared.id} isShort /> },
  ];
}
