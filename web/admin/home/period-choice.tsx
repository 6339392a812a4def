import type { Overview } from '../../../sdk/src/api.generated.ts';
import { ChoiceField } from '../../ui/field.tsx';
import { currencyOf } from './figure.ts';
import { type HomeSearch, homeSearch, RANGES } from './home-search.ts';
import { useHomeTexts } from './use-home-texts.ts';

interface PeriodChoiceProps {
  readonly search: HomeSearch;
  readonly onSearch: (search: HomeSearch) => void;
  readonly overview: Overview | undefined;
  /** In the installation; a tenant's stands in the address. */
  readonly hasMode?: boolean;
}

/** Which period, and, where there are several, which currency: sums of several mean nothing. */
export function PeriodChoice({ search, onSearch, overview, hasMode = false }: PeriodChoiceProps) {
  const { home: words } = useHomeTexts();
  const change = (next: Readonly<Record<string, string>>) => onSearch(homeSearch({ ...search, ...next }));
  const currencies = overview?.currencies.map(({ currency }) => currency).sort() ?? [];
  return (
    <div className="flex flex-wrap gap-2">
      {hasMode && (
        <ChoiceField
          label={words.mode}
          value={search.mode ?? 'live'}
          onChange={(event) => change({ mode: event.target.value })}
          choices={(['live', 'test'] as const).map((value) => ({ value, label: words.modes[value] }))}
        />
      )}
      {overview !== undefined && currencies.length > 1 && (
        <ChoiceField
          label={words.currency}
          value={currencyOf(overview, search.currency)?.currency ?? ''}
          onChange={(event) => change({ currency: event.target.value })}
          choices={currencies.map((value) => ({ value, label: value }))}
        />
      )}
      <ChoiceField
        label={words.range}
        value={search.range ?? '24h'}
        onChange={(event) => change({ range: event.target.value })}
        choices={(Object.keys(RANGES) as (keyof typeof RANGES)[]).map((value) => ({
          value,
          label: words.ranges[value],
        }))}
      />
    </div>
  );
}
