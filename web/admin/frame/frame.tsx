import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Icon } from '../../ui/icon.tsx';
import { useTexts } from '../texts/use-texts.tsx';
import { AccountMenu } from './account-menu.tsx';
import { Destinations } from './destinations.tsx';
import { keepPlace } from './last-place.ts';
import { PlaceSwitch } from './place-switch.tsx';
import { SearchButton } from './search-button.tsx';
import { useHere } from './use-place.ts';

const MenuDialog = lazy(() => import('./menu-dialog.tsx').then((module) => ({ default: module.MenuDialog })));

/** What stands around every screen of a tenant: where one is, where one can go, and whether money is real here. */
export function Frame() {
  const { frame } = useTexts();
  const { place } = useHere();
  const [isMenuOpen, setMenuOpen] = useState(false);
  useEffect(() => keepPlace(place), [place]);
  const isTest = place.mode === 'test';
  return (
    <div className="min-h-dvh">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:start-3 focus:top-3 focus:z-60 focus:rounded-md focus:bg-raised focus:p-3"
      >
        {frame.skip}
      </a>
      <header
        className={classNames('sticky top-0 z-30 border-b bg-surface', isTest ? 'border-b-warn' : 'border-b-line')}
      >
        {isTest && (
          <p className="flex items-center justify-center gap-2 bg-warn-soft px-3 py-1 text-center text-sm font-medium text-warn">
            <Icon name="warning" />
            {frame.testStrip}
          </p>
        )}
        <div className="flex min-h-14 items-center gap-2 px-3 sm:px-5">
          <Button
            look="quiet"
            className="lg:hidden"
            aria-label={frame.menu}
            icon="menu"
            onClick={() => setMenuOpen(true)}
          />
          <span className="text-lg font-semibold tracking-tight max-sm:sr-only">Tollgate</span>
          <PlaceSwitch />
          <span className="grow" />
          <SearchButton />
          <AccountMenu />
        </div>
      </header>
      <div className="mx-auto flex max-w-[90rem]">
        <nav
          aria-label={frame.menu}
          className="sticky top-22 hidden h-[calc(100dvh-5.5rem)] w-56 shrink-0 p-3 lg:block"
        >
          <Destinations />
        </nav>
        <main id="content" tabIndex={-1} className="min-w-0 grow p-3 outline-none sm:p-5">
          <Outlet />
        </main>
      </div>
      <Suspense>{isMenuOpen && <MenuDialog onClose={() => setMenuOpen(false)} />}</Suspense>
    </div>
  );
}
