import { useMemo } from 'react';
import { useSpeech } from '../../ui/words.tsx';
import { dayFilters } from '../list/day-filters.ts';
import type { Filter } from '../list/filter-bar.tsx';
import type { OperationFilterName } from './operation-kinds.ts';
import { useMoneyTexts } from './use-money-texts.ts';

/** The filters that lists of captures, refunds and reversals have. */
export function useOperationFilters(): readonly Filter<OperationFilterName>[] {
  const { operation: words } = useMoneyTexts();
  const { words: ui } = useSpeech();
  return useMemo(() => {
    const statuses = Object.entries(words.statuses).map(([value, label]) => ({ value, label }));
    return [
      { name: 'status', label: words.status, choices: statuses },
      { name: 'providerRef', label: words.providerRef },
      ...dayFilters(ui, 'createdAfter', 'createdBefore'),
    ];
  }, [words, ui]);
}
