import type { UiWords } from '../../ui/words.tsx';
import type { Filter } from './filter-bar.tsx';

/** From one day to another, where the viewer is; by what the list of the API calls its bounds. */
export function dayFilters<After extends string, Before extends string>(
  words: UiWords,
  after: After,
  before: Before,
): readonly Filter<After | Before>[] {
  return [
    { name: after, label: words.from, isDay: 'start' },
    { name: before, label: words.to, isDay: 'end' },
  ];
}
