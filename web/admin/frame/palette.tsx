import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type KeyboardEvent, useDeferredValue, useId, useState } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { useTexts } from '../texts/use-texts.tsx';
import { findAnything } from './find-anything.ts';
import { DESTINATIONS } from './navigation.ts';
import { useApi } from './use-api.ts';
import { useHere } from './use-place.ts';

interface Choice {
  readonly key: string;
  readonly icon: IconName;
  readonly title: string;
  readonly subtitle: string;
  readonly go: () => void;
}

/** Leads anywhere by a few letters: to screens by name, to objects by what people know of them. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const { frame } = useTexts();
  const listId = useId();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const { choices, isSearching } = useChoices(useDeferredValue(text.trim()));
  const current = Math.min(active, Math.max(choices.length - 1, 0));
  const open = (choice: Choice | undefined) => {
    if (choice === undefined) return;
    choice.go();
    onClose();
  };
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0 || choices.length === 0) return;
    event.preventDefault();
    setActive((current + step + choices.length) % choices.length);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    open(choices[current]);
  };
  return (
    <Dialog title={frame.search} isOpen onClose={onClose}>
      <form onSubmit={submit}>
        <input
          type="text"
          role="combobox"
          aria-label={frame.searchHint}
          aria-expanded={choices.length > 0}
          aria-controls={listId}
          aria-activedescendant={choices.length > 0 ? `${listId}-${current}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          placeholder={frame.searchHint}
          className="control"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
          }}
          onKeyDown={move}
        />
      </form>
      <Choices id={listId} choices={choices} current={current} onOpen={open} />
      <p role="status" className="px-3 text-muted">
        {choices.length === 0 && !isSearching ? frame.searchNone : ''}
      </p>
    </Dialog>
  );
}

interface ChoicesProps {
  readonly id: string;
  readonly choices: readonly Choice[];
  readonly current: number;
  readonly onOpen: (choice: Choice) => void;
}

function Choices({ id, choices, current, onOpen }: ChoicesProps) {
  const { frame } = useTexts();
  return (
    <div id={id} role="listbox" aria-label={frame.searchGo} className="mt-3 grid max-h-80 gap-0.5 overflow-y-auto">
      {choices.map((choice, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the field's, which keeps the focus
        <div
          key={choice.key}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === current}
          tabIndex={-1}
          onClick={() => onOpen(choice)}
          className={classNames(
            'flex min-h-11 cursor-pointer items-center gap-3 rounded-md px-3 py-1.5',
            index === current ? 'bg-accent-soft text-accent-strong' : 'hover:bg-idle-soft',
          )}
        >
          <Icon name={choice.icon} />
          <span className="min-w-0">
            <span className="block font-medium [overflow-wrap:anywhere]">{choice.title}</span>
            {choice.subtitle !== '' && <span className="block text-sm text-muted">{choice.subtitle}</span>}
          </span>
        </div>
      ))}
    </div>
  );
}

const MIN_LETTERS = 2;

function useChoices(text: string): { readonly choices: readonly Choice[]; readonly isSearching: boolean } {
  const { frame } = useTexts();
  const api = useApi();
  const { place, key, may } = useHere();
  const navigate = useNavigate();
  const isLong = text.length >= MIN_LETTERS;
  const found = useQuery({
    queryKey: [...key, 'search', text],
    queryFn: ({ signal }) => findAnything(api, may, text, signal),
    enabled: isLong,
  });
  const screens = DESTINATIONS.filter(
    ({ name, permission }) => may(permission) && frame[name].toLowerCase().includes(text.toLowerCase()),
  ).map(({ to, name, icon }) => ({
    ...{ key: name, icon, title: frame[name], subtitle: '' },
    go: () => void navigate({ to, params: place }),
  }));
  const objects = (found.data ?? []).map((hit) => ({
    ...{ key: hit.id, icon: hit.icon, title: hit.title, subtitle: hit.subtitle },
    go: () => void navigate({ to: hit.to, params: { ...place, ...hit.params } }),
  }));
  return { choices: [...objects, ...screens], isSearching: isLong && found.isFetching };
}
