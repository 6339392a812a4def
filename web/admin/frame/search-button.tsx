import { lazy, Suspense, useEffect, useState } from 'react';
import { Icon } from '../../ui/icon.tsx';
import { useTexts } from '../texts/use-texts.tsx';

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })));

/** Opens the search, also by ⌘K or Ctrl-K from anywhere. */
export function SearchButton() {
  const { frame } = useTexts();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey)
        return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-keyshortcuts="Meta+K Control+K"
        className="inline-flex min-h-10 items-center gap-2 rounded-md border border-line px-3 text-muted hover:bg-sunken"
      >
        <Icon name="search" />
        <span className="max-sm:sr-only">{frame.search}</span>
        <kbd className="rounded border border-line px-1.5 font-sans text-xs max-lg:hidden">Ctrl K</kbd>
      </button>
      <Suspense>{isOpen && <Palette onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
