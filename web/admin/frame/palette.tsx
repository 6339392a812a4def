import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, type KeyboardEvent, useDeferredValue, useId, useState } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { BASE } from '../base.ts';
import { useLanguage, useTexts } from '../texts/use-texts.tsx';
import { findAnything, HIT_ICONS } from './find-anything.ts';
import { keepChoice, recentChoices } from './recent-choices.ts';
import { useApi } from './use-api.ts';
import { useMenu } from './use-menu.ts';
import { useAnywhere } from './use-place.ts';

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
  const { language } = useLanguage();
  const menu = useMenu();
  const api = useApi();
  const { place, key, may } = useAnywhere();
  const router = useRouter();
  const isLong = text.length >= MIN_LETTERS && may(place === null ? 'search:read' : 'payment:read');
  // `/payments/$` stands for any screen of a payment, whatever it calls the id.
  const paths = new Set(Object.keys(router.routesByPath).map((path) => path.replace(/\$\w+$/, '$')));
  const found = useQuery({
    queryKey: [...key, 'search', text],
    queryFn: ({ signal }) => findAnything(api, place, text, (path) => paths.has(path), signal),
    enabled: isLong,
  });
  const objects = isLong ? (found.data ?? []) : recentChoices(key).filter(isNamed(text));
  const screens = menu
    .filter(({ label }) => label[language].toLowerCase().includes(text.toLowerCase()))
    .map(({ to, label, icon }) => ({
      ...{ key: to, icon, title: label[language], subtitle: '' },
      go: () => void router.navigate({ to, params: place ?? {} }),
    }));
  const choices = objects.map((one) => ({
    ...{ key: one.id, icon: HIT_ICONS[one.type] ?? 'right', title: one.title, subtitle: one.subtitle },
    go: () => {
      keepChoice(key, one);
      router.history.push(`${BASE}${one.href}`);
    },
  }));
  return { choices: [...choices, ...screens], isSearching: isLong && found.isFetching };
}

function isNamed(text: string) {
  return ({ title }: { readonly title: string }) => title.toLowerCase().includes(text.toLowerCase());
}
