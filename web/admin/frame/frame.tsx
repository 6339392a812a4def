import { Outlet } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Icon } from '../../ui/icon.tsx';
import { useTexts } from '../texts/use-texts.tsx';
import { AccountMenu } from './account-menu.tsx';
import { Destinations } from './destinations.tsx';
import { keepPlace } from './last-place.ts';
import { Live, useLive } from './live.tsx';
import { PlaceSwitch } from './place-switch.tsx';
import { SearchButton } from './search-button.tsx';
import { useAnywhere, useHere } from './use-place.ts';

const MenuDialog = lazy(() => import('./menu-dialog.tsx').then((module) => ({ default: module.MenuDialog })));

/** What stands around every screen of a tenant: where one is, where one can go, and whether money is real here. */
export function TenantFrame() {
  const { frame } = useTexts();
  const { place } = useHere();
  const isTest = place.mode === 'test';
  const strip = (
    <p className="flex items-center justify-center gap-2 bg-warn-soft px-3 py-1 text-center text-sm font-medium text-warn">
      <Icon name="warning" />
      {frame.testStrip}
    </p>
  );
  return <Frame edge={isTest ? 'border-b-warn' : 'border-b-line'}>{isTest && strip}</Frame>;
}

/** What stands around every screen about the whole installation. */
export function OperatorFrame() {
  return <Frame edge="border-b-line" />;
}

/** Says so where news no longer come by themselves. */
function NotLive() {
  const { frame } = useTexts();
  const live = useLive();
  const isAway = live === 'away';
  return (
    <span role="status" data-live={live} title={isAway ? frame.notLive : undefined} className="text-warn">
      {isAway && <Icon name="signal" className="size-5" />}
      {isAway && <span className="sr-only">{frame.notLive}</span>}
    </span>
  );
}

interface FrameProps {
  readonly edge: string;
  /** Above everything, on every screen. */
  readonly children?: ReactNode;
}

function Frame({ edge, children }: FrameProps) {
  const { frame } = useTexts();
  const { place } = useAnywhere();
  const [isMenuOpen, setMenuOpen] = useState(false);
  useEffect(() => keepPlace(place), [place]);
  return (
    <Live>
      <div className="min-h-dvh">
        <a
          href="#content"
          className="sr-only focus:not-sr-only focus:fixed focus:start-3 focus:top-3 focus:z-60 focus:rounded-md focus:bg-raised focus:p-3"
        >
          {frame.skip}
        </a>
        <header className={classNames('sticky top-0 z-30 border-b bg-surface print:hidden', edge)}>
          {children}
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
            <NotLive />
            <SearchButton />
            <AccountMenu />
          </div>
        </header>
        <div className="mx-auto flex max-w-[90rem]">
          <nav
            aria-label={frame.menu}
            className="sticky top-22 hidden print:hidden! h-[calc(100dvh-5.5rem)] w-56 shrink-0 overflow-y-auto p-3 lg:block"
          >
            <Destinations />
          </nav>
          <main id="content" tabIndex={-1} className="min-w-0 grow p-3 outline-none sm:p-5">
            <Outlet />
          </main>
        </div>
        <Suspense>{isMenuOpen && <MenuDialog onClose={() => setMenuOpen(false)} />}</Suspense>
      </div>
    </Live>
  );
}
