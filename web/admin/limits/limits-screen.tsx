import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { LimitBasket } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { itemTypesText, LimitState, maximum } from './limit-words.tsx';
import type { LimitTexts } from './texts-en.ts';
import { useLimitTexts } from './use-limit-texts.ts';

const LimitDialog = lazy(() => import('./limit-dialog.tsx').then((module) => ({ default: module.LimitDialog })));

/** What may be sold to whom in a day and in a month. */
export function LimitsScreen() {
  const words = useLimitTexts();
  const { words: ui, locale } = useSpeech();
  const api = useApi();
  const { place, may } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/limits' });
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const columns = useMemo(() => columnsOf(words, place, locale), [words, place, locale]);
  return (
    <>
      <ListScreen<LimitBasket, never>
        name="limit-baskets"
        title={words.title}
        permission="limit-basket:read"
        columns={columns}
        filters={[]}
        search={search}
        onSearch={(next) => void navigate({ to: '/$tenantId/$mode/limits', params: place, search: next })}
        read={(query, signal) => api.limits.listBaskets(query, { signal })}
        emptyTitle={words.emptyTitle}
        emptyHint={words.emptyHint}
        actions={
          <Button
            look="primary"
            whyNot={may('limit-basket:create') ? null : ui.noPermissionHint('limit-basket:create')}
            onClick={() => setAdding(true)}
          >
            {words.add}
          </Button>
        }
      />
      <Suspense>{isAdding && <LimitDialog basket={null} onClose={() => setAdding(false)} />}</Suspense>
    </>
  );
}

function columnsOf(words: LimitTexts, place: Place, locale: string): readonly Column<LimitBasket>[] {
  return [
    {
      id: 'name',
      title: words.name,
      isMain: true,
      show: ({ id, name }) => (
        <TextLink to="/$tenantId/$mode/limits/$basketId" params={{ ...place, basketId: id }}>
          {name ?? words.noName}
        </TextLink>
      ),
    },
    { id: 'active', title: words.active, isMain: true, show: ({ active }) => <LimitState active={active} /> },
    { id: 'itemTypes', title: words.itemTypes, show: (basket) => itemTypesText(basket, words) },
    { id: 'per', title: words.per, show: ({ per }) => words.pers[per] },
    {
      id: 'day',
      title: words.dailyMax,
      show: ({ dailyMax: amount, dailyCountMax: count, currency }) =>
        maximum({ amount, count, currency }, words, locale),
    },
    {
      id: 'month',
      title: words.monthlyMax,
      show: ({ monthlyMax: amount, monthlyCountMax: count, currency }) =>
        maximum({ amount, count, currency }, words, locale),
    },
    { id: 'timeZone', title: words.timeZone, isExtra: true, show: ({ timeZone }) => timeZone },
    { id: 'created', title: words.created, isExtra: true, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}
