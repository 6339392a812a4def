import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { InboundEvent } from '../../../sdk/src/api.generated.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import type { ListSearch } from '../list/list-search.ts';
import { choicesOf } from '../notify/look.ts';
import type { INBOUND_FILTERS } from './inbound-search.ts';
import { Applied, Verdict } from './inbound-status.tsx';
import type { InboundTexts } from './texts-en.ts';
import { useInboundTexts } from './use-inbound-texts.ts';

type FilterName = (typeof INBOUND_FILTERS)[number];

/** Everything that providers notified, forged and doubled ones too, with what was made of each. */
export function InboundScreen() {
  const words = useInboundTexts();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/inbound' });
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(words, place), [words, place]);
  const filters = useMemo(() => filtersOf(words), [words]);
  return (
    <ListScreen<InboundEvent, FilterName>
      name="inbound-events"
      title={words.title}
      permission="inbound_event:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/inbound', params: place, search: next })}
      read={(query, signal) => api.providerNotifications.listInboundEvents(query as ListSearch<never>, { signal })}
      emptyTitle={words.emptyTitle}
      emptyHint={words.emptyHint}
    />
  );
}

function columnsOf(words: InboundTexts, place: Place): readonly Column<InboundEvent>[] {
  return [
    {
      id: 'at',
      title: words.at,
      isMain: true,
      show: ({ id, createdAt }) => (
        <TextLink to="/$tenantId/$mode/inbound/$inboundId" params={{ ...place, inboundId: id }}>
          <Time at={createdAt} seconds />
        </TextLink>
      ),
    },
    { id: 'verdict', title: words.verdict, isMain: true, show: ({ verdict }) => <Verdict verdict={verdict} /> },
    { id: 'state', title: words.state, show: ({ state }) => <Applied state={state} /> },
    { id: 'provider', title: words.provider, show: ({ provider }) => provider },
    {
      id: 'payment',
      title: words.payment,
      show: ({ paymentId }) =>
        paymentId === null ? (
          '–'
        ) : (
          <TextLink to="/$tenantId/$mode/payments/$paymentId" params={{ ...place, paymentId }}>
            <span title={paymentId}>{`${paymentId.slice(0, 8)}…${paymentId.slice(-6)}`}</span>
          </TextLink>
        ),
    },
    { id: 'address', title: words.address, isExtra: true, show: ({ remoteAddress }) => <code>{remoteAddress}</code> },
    { id: 'outcome', title: words.outcome, isExtra: true, show: ({ outcome }) => outcome ?? '–' },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}

function filtersOf(words: InboundTexts): readonly Filter<FilterName>[] {
  return [
    { name: 'verdict', label: words.verdict, choices: choicesOf(words.verdicts) },
    { name: 'state', label: words.state, choices: choicesOf(words.states) },
    { name: 'providerAccountId', label: words.account },
    { name: 'paymentId', label: words.payment },
    { name: 'createdAfter', label: words.from, isDay: 'start' },
    { name: 'createdBefore', label: words.to, isDay: 'end' },
  ];
}
