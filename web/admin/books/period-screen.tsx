import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { PeriodTotal, PeriodWithTotals } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Condition, NoPermission } from '../../ui/condition.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { type Fact, FactsCard } from '../../ui/facts.tsx';
import { Amount, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useActorNames } from '../money/use-actor-names.ts';
import { monthName } from './month-name.ts';
import { PeriodState } from './period-state.tsx';
import { type MonthSummary, summarizeTotals } from './summarize-totals.ts';
import { useAccountNames } from './use-account-names.ts';
import { useBookTexts } from './use-book-texts.ts';

const CloseDialog = lazy(() => import('./period-dialogs.tsx').then((module) => ({ default: module.CloseDialog })));
const ReopenDialog = lazy(() => import('./period-dialogs.tsx').then((module) => ({ default: module.ReopenDialog })));

const LIVE_MS = 15_000;

/** One month: what it adds up to, and whether it can be closed. */
export function PeriodScreen() {
  const { may } = useHere();
  return may('period:read') ? <OpenPeriod /> : <NoPermission permission="period:read" />;
}

function OpenPeriod() {
  const { periods: words } = useBookTexts();
  const { locale } = useSpeech();
  const api = useApi();
  const { key, place } = useHere();
  const { month } = useParams({ from: '/inside/$tenantId/$mode/periods/$month' });
  const found = useQuery({
    queryKey: [...key, 'periods', month],
    queryFn: ({ signal }) => api.ledger.getPeriod(month, { signal }),
    refetchInterval: LIVE_MS,
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/periods" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(period) => (
          <div className="grid gap-4">
            <ScreenHead title={monthName(period.id, locale)} beside={<PeriodState state={period.state} />}>
              <Acts period={period} />
            </ScreenHead>
            <div className="grid items-start gap-4 xl:grid-cols-[1fr_24rem]">
              <Sums totals={period.totals} />
              <div className="grid gap-4">
                <Checks period={period} />
                <Closing period={period} />
              </div>
            </div>
          </div>
        )}
      </ReadResult>
    </>
  );
}

function Acts({ period }: { readonly period: PeriodWithTotals }) {
  const { periods: words } = useBookTexts();
  const { words: ui } = useSpeech();
  const { may } = useHere();
  const [isOpen, setOpen] = useState(false);
  const { blockedBy, reopenBlockedBy } = period.checks;
  const isClosed = period.state === 'closed';
  const whyNot = may('period:update') ? (isClosed ? reopenBlockedBy : blockedBy) : ui.noPermissionHint('period:update');
  return (
    <>
      <Button
        look={isClosed ? 'plain' : 'primary'}
        icon={isClosed ? 'back' : 'lock'}
        whyNot={whyNot}
        onClick={() => setOpen(true)}
      >
        {isClosed ? words.reopen : words.close}
      </Button>
      <Suspense>
        {isOpen && isClosed && <ReopenDialog month={period.id} onClose={() => setOpen(false)} />}
        {isOpen && !isClosed && <CloseDialog month={period.id} onClose={() => setOpen(false)} />}
      </Suspense>
    </>
  );
}

/** The totals by currency: as finance reads them, and account by account. */
function Sums({ totals }: { readonly totals: readonly PeriodTotal[] }) {
  const { periods: words } = useBookTexts();
  const summaries = summarizeTotals(totals);
  if (summaries.length === 0) {
    return (
      <div className="card">
        <Condition icon="card" title={words.noTotals} />
      </div>
    );
  }
  return (
    <div className="grid min-w-0 gap-4">
      {summaries.map((summary) => (
        <OfCurrency
          key={summary.currency}
          summary={summary}
          totals={totals.filter(({ currency }) => currency === summary.currency)}
        />
      ))}
    </div>
  );
}

const FIGURES = ['gross', 'refunds', 'fees', 'disputed', 'net', 'paidOut'] as const;

function OfCurrency({ summary, totals }: { readonly summary: MonthSummary; readonly totals: readonly PeriodTotal[] }) {
  const { periods: words, shared } = useBookTexts();
  const { nameOf } = useAccountNames();
  const { currency } = summary;
  const title = words.inCurrency(currency);
  const facts = FIGURES.map(
    (name): Fact => [words[name], <Amount key={name} minor={summary[name]} currency={currency} />],
  );
  return (
    <>
      <FactsCard title={title} shape="figures" facts={facts} />
      <div className="card overflow-clip">
        <DataTable
          caption={title}
          rows={totals}
          keyOf={({ account, providerAccountId }) => `${providerAccountId} ${account}`}
          columns={[
            { id: 'account', title: shared.account, isMain: true, show: ({ account }) => shared.accounts[account] },
            {
              id: 'provider',
              title: shared.providerAccount,
              show: ({ providerAccountId }) => nameOf(providerAccountId),
            },
            ...(['opening', 'debits', 'credits', 'closing'] as const).map((name) => ({
              id: name,
              title: name === 'opening' || name === 'closing' ? words[name] : shared[name],
              isNumber: true,
              isMain: name === 'closing',
              show: (total: PeriodTotal) => <Amount minor={total[name]} currency={currency} />,
            })),
          ]}
        />
      </div>
    </>
  );
}

/** What has to be so before a month is closed, each with how it stands. */
function Checks({ period }: { readonly period: PeriodWithTotals }) {
  const { periods: words } = useBookTexts();
  const { locale } = useSpeech();
  const { checks, state, tied } = period;
  const overAt = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const rows: readonly (readonly [string, boolean])[] = [
    [words.checkOver(overAt.format(new Date(period.closableAt))), state !== 'running'],
    [state === 'closed' ? words.checkKept : words.checkTied, tied],
    [words.checkExceptions(checks.openExceptions), checks.openExceptions === 0],
    [words.checkStatements(checks.unreadStatements), checks.unreadStatements === 0],
    [words.checkOperations(checks.pendingOperations), checks.pendingOperations === 0],
  ];
  return (
    <section aria-label={words.checks} className="card grid gap-3 p-4">
      <h2 className="font-semibold">{words.checks}</h2>
      <ul className="grid gap-2">
        {rows.map(([text, isFine]) => (
          <li key={text} className="flex items-start justify-between gap-3">
            <span>{text}</span>
            <Badge tone={isFine ? 'good' : 'warn'} label={isFine ? words.fine : words.notFine} />
          </li>
        ))}
      </ul>
      {state !== 'closed' && checks.blockedBy !== null && <p className="text-sm text-muted">{checks.blockedBy}</p>}
    </section>
  );
}

function Closing({ period }: { readonly period: PeriodWithTotals }) {
  const { periods: words, shared } = useBookTexts();
  const nameOf = useActorNames();
  const facts: readonly Fact[] = [
    [words.starts, <Time key="starts" at={period.startsAt} />],
    [words.ends, <Time key="ends" at={period.endsAt} />],
    [words.closedAt, period.closedAt && <Time at={period.closedAt} />],
    [words.closedBy, period.closedBy && nameOf(period.closedBy)],
    [shared.note, period.note],
    [words.reopened, period.reopenedAt && <Time at={period.reopenedAt} />],
    [words.reopenReason, period.reopenReason],
  ];
  return <FactsCard title={shared.details} facts={facts} />;
}
