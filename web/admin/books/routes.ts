import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { tenantPlace } from '../frame/places.tsx';
import { listSearch } from '../list/list-search.ts';
import { withTexts } from '../texts/area-texts.ts';
import {
  ENTRY_FILTERS,
  EXCEPTION_FILTERS,
  LINE_FILTERS,
  PAYOUT_FILTERS,
  PERIOD_FILTERS,
  STATEMENT_FILTERS,
} from './books-search.ts';
import { useBookTexts } from './use-book-texts.ts';

const balances = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/balances',
  component: lazyRouteComponent(
    withTexts(() => import('./balances-screen.tsx'), useBookTexts),
    'BalancesScreen',
  ),
});

const entries = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/ledger-entries',
  validateSearch: listSearch(ENTRY_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./ledger-screen.tsx'), useBookTexts),
    'LedgerScreen',
  ),
});

const statements = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/statements',
  validateSearch: listSearch(STATEMENT_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./statements-screen.tsx'), useBookTexts),
    'StatementsScreen',
  ),
});

const statement = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/statements/$statementId',
  validateSearch: listSearch(LINE_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./statement-screen.tsx'), useBookTexts),
    'StatementScreen',
  ),
});

const exceptions = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/reconciliation-exceptions',
  validateSearch: listSearch(EXCEPTION_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./exceptions-screen.tsx'), useBookTexts),
    'ExceptionsScreen',
  ),
});

const exception = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/reconciliation-exceptions/$exceptionId',
  component: lazyRouteComponent(
    withTexts(() => import('./exception-screen.tsx'), useBookTexts),
    'ExceptionScreen',
  ),
});

const payouts = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/payouts',
  validateSearch: listSearch(PAYOUT_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./payouts-screen.tsx'), useBookTexts),
    'PayoutsScreen',
  ),
});

const proofs = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/reconciliation-reports',
  validateSearch: listSearch(PAYOUT_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./proofs-screen.tsx'), useBookTexts),
    'ProofsScreen',
  ),
});

const periods = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/periods',
  validateSearch: listSearch(PERIOD_FILTERS),
  component: lazyRouteComponent(
    withTexts(() => import('./periods-screen.tsx'), useBookTexts),
    'PeriodsScreen',
  ),
});

const period = createRoute({
  getParentRoute: () => tenantPlace,
  path: '/periods/$month',
  component: lazyRouteComponent(
    withTexts(() => import('./period-screen.tsx'), useBookTexts),
    'PeriodScreen',
  ),
});

/** What the ledger has, and what statements say of it. */
export const bookRoutes = [
  balances,
  entries,
  statements,
  statement,
  exceptions,
  exception,
  payouts,
  proofs,
  periods,
  period,
] as const;
