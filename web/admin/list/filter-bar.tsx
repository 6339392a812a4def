import type { FormEvent } from 'react';
import { Button } from '../../ui/button.tsx';
import { type Choice, ChoiceField, TextField } from '../../ui/field.tsx';
import { useSpeech } from '../../ui/words.tsx';
import type { ListSearch } from './list-search.ts';

export interface Filter<Name extends string> {
  readonly name: Name;
  readonly label: string;
  /** What it may be; none: any text. */
  readonly choices?: readonly Choice[];
  readonly isDay?: 'start' | 'end';
}

interface FilterBarProps<Name extends string> {
  readonly filters: readonly Filter<Name>[];
  readonly search: ListSearch<Name>;
  readonly onSearch: (search: ListSearch<Name>) => void;
}

/** Filters of a list; what is chosen counts at once, what is typed with Enter or on leaving the field. */
export function FilterBar<Name extends string>({ filters, search, onSearch }: FilterBarProps<Name>) {
  const { words } = useSpeech();
  const isFiltered = filters.some(({ name }) => search[name] !== undefined);
  const apply = (form: HTMLFormElement) => {
    const entered = new FormData(form);
    const chosen = filters.flatMap((filter) => {
      const text = String(entered.get(filter.name) ?? '').trim();
      return text === '' ? [] : [[filter.name, filter.isDay === undefined ? text : instantOf(text, filter.isDay)]];
    });
    onSearch(Object.fromEntries(chosen));
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    apply(event.currentTarget);
  };
  return (
    <form
      // Filters that were changed elsewhere (a link, the back button) show in the fields.
      key={JSON.stringify(search)}
      aria-label={words.filters}
      onSubmit={submit}
      className="mt-3 flex flex-wrap items-end gap-3"
    >
      {filters.map((filter) => (
        <FilterField key={filter.name} filter={filter} value={search[filter.name] ?? ''} onDone={apply} />
      ))}
      {isFiltered && (
        <Button look="quiet" icon="cross" onClick={() => onSearch({})}>
          {words.clearFilters}
        </Button>
      )}
      <button type="submit" className="sr-only" tabIndex={-1}>
        {words.filters}
      </button>
    </form>
  );
}

interface FilterFieldProps<Name extends string> {
  readonly filter: Filter<Name>;
  readonly value: string;
  readonly onDone: (form: HTMLFormElement) => void;
}

function FilterField<Name extends string>({ filter, value, onDone }: FilterFieldProps<Name>) {
  const { words } = useSpeech();
  const { name, label, choices, isDay } = filter;
  if (choices !== undefined) {
    return (
      <ChoiceField
        label={label}
        name={name}
        defaultValue={value}
        choices={[{ value: '', label: words.all }, ...choices]}
        onChange={(event) => event.currentTarget.form !== null && onDone(event.currentTarget.form)}
        className="max-sm:grow"
      />
    );
  }
  const shown = isDay === undefined ? value : dayOf(value, isDay);
  return (
    <TextField
      label={label}
      name={name}
      type={isDay === undefined ? 'search' : 'date'}
      defaultValue={shown}
      onBlur={({ currentTarget: { value: entered, form } }) => entered !== shown && form !== null && onDone(form)}
      className="max-sm:grow"
    />
  );
}

/** The beginning of a day where the viewer is, or of the next one, as the instant that the API compares with. */
export function instantOf(day: string, edge: 'start' | 'end'): string {
  const date = new Date(`${day}T00:00:00`);
  if (edge === 'end') date.setDate(date.getDate() + 1);
  return date.toISOString();
}

export function dayOf(instant: string, edge: 'start' | 'end'): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return '';
  if (edge === 'end') date.setDate(date.getDate() - 1);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
