import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import type { Payment, TollgateApi } from '../../../sdk/src/api.generated.ts';
import { formatMoney } from '../../../src/kernel/money.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Condition, Loading, NoPermission } from '../../ui/condition.tsx';
import { Amount, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { Failure } from '../failure.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { PaymentStatus } from '../payments/payment-status.tsx';
import { useTexts } from '../texts/use-texts.tsx';
import { type Summary, summarize } from './summarize.ts';

const Plot = lazy(() => import('../../ui/plot.tsx').then((module) => ({ default: module.Plot })));

const HOURS = 24;
const LIVE_INTERVAL_MS = 15_000;
const PAGE_ROWS = 100;
const PAGES_MAX = 5;
const LATEST_ROWS = 6;

/** How a tenant's payments and notifications have gone lately. */
export function HomeScreen() {
  const { may } = useHere();
  return may('payment:read') ? <OpenHome /> : <NoPermission permission="payment:read" />;
}

function OpenHome() {
  const { home: words } = useTexts();
  const api = useApi();
  const { key, may } = useHere();
  const mayReadDeliveries = may('webhook:read');
  const found = useQuery({
    queryKey: [...key, 'home'],
    queryFn: async ({ signal }) => {
      const nowMs = Date.now();
      const createdAfter = new Date(nowMs - HOURS * 3_600_000).toISOString();
      const [{ payments, isCut }, givenUp] = await Promise.all([
        readPayments(api, createdAfter, signal),
        mayReadDeliveries
          ? api.notifications.listDeliveries({ status: 'exhausted', createdAfter, limit: PAGE_ROWS }, { signal })
          : null,
      ]);
      return { payments, isCut, givenUp, summary: summarize(payments, nowMs, HOURS) };
    },
    refetchInterval: LIVE_INTERVAL_MS,
  });
  return (
    <div className="grid gap-4">
      <div>
        <h1 className="text-xl font-semibold">{words.title}</h1>
        <p className="text-muted">{words.since(HOURS)}</p>
      </div>
      {found.isPending && <Loading rows={8} />}
      {found.isError && !found.data && <Failure error={found.error} onRetry={() => void found.refetch()} />}
      {found.data !== undefined && (
        <>
          <Tiles {...found.data} />
          {found.data.isCut && <p className="text-sm text-warn">{words.partial(found.data.payments.length)}</p>}
          <Hours summary={found.data.summary} />
          <Latest payments={found.data.payments.slice(0, LATEST_ROWS)} />
        </>
      )}
    </div>
  );
}

async function readPayments(api: TollgateApi, createdAfter: string, signal: AbortSignal) {
  const payments: Payment[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const page = await api.payments.list({ createdAfter, limit: PAGE_ROWS, cursor }, { signal });
    payments.push(...page.data);
    if (page.nextCursor === null) return { payments, isCut: false };
    cursor = page.nextCursor;
  }
  return { payments, isCut: true };
}

interface TilesProps {
  readonly summary: Summary;
  readonly givenUp: { readonly data: readonly unknown[]; readonly hasMore: boolean } | null;
}

function Tiles({ summary, givenUp }: TilesProps) {
  const { home: words } = useTexts();
  const { locale } = useSpeech();
  const { place } = useHere();
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const volumes = [...summary.volumes].map(([currency, amount]) => formatMoney({ amount, currency }, locale));
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Tile label={words.volume}>{volumes.length === 0 ? '–' : volumes.join(' · ')}</Tile>
      <Tile label={words.success} note={words.successHint}>
        {summary.successRate === null ? '–' : percent.format(summary.successRate)}
      </Tile>
      <Tile label={words.open}>{summary.open}</Tile>
      {givenUp !== null && (
        <Tile label={words.problems}>
          <Link
            to="/$tenantId/$mode/deliveries"
            params={place}
            search={{ status: 'exhausted' }}
            className={givenUp.data.length === 0 ? '' : 'text-bad underline underline-offset-4'}
          >
            {givenUp.data.length}
            {givenUp.hasMore && '+'}
          </Link>
        </Tile>
      )}
    </dl>
  );
}

function Tile({
  label,
  note,
  children,
}: {
  readonly label: string;
  readonly note?: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="card p-4">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="number mt-1 text-2xl font-semibold [overflow-wrap:anywhere]">
        {children}
        {note !== undefined && <span className="mt-0.5 block text-sm font-normal text-muted">{note}</span>}
      </dd>
    </div>
  );
}

function Hours({ summary }: { readonly summary: Summary }) {
  const { home: words } = useTexts();
  const series = useMemo(
    () =>
      [
        { label: words.paid, values: summary.paidByHour },
        { label: words.other, values: summary.othersByHour },
      ] as const,
    [summary, words],
  );
  return (
    <Suspense fallback={<Loading rows={5} />}>
      <Plot
        title={words.perHour}
        summary={words.plotSummary(summary.count, summary.paid)}
        xLabel={words.hour}
        xs={summary.hours}
        series={series}
      />
    </Suspense>
  );
}

function Latest({ payments }: { readonly payments: readonly Payment[] }) {
  const { home: words } = useTexts();
  const { place } = useHere();
  return (
    <section aria-label={words.latest} className="card">
      <div className="flex items-center justify-between gap-2 p-4 pb-2">
        <h2 className="font-semibold">{words.latest}</h2>
        <Link to="/$tenantId/$mode/payments" params={place} className={buttonClass('quiet')}>
          {words.all}
        </Link>
      </div>
      {payments.length === 0 && (
        <Condition icon="card" title={words.nothing}>
          <p>{words.nothingHint}</p>
        </Condition>
      )}
      <ul>
        {payments.map(({ id, reference, amount, currency, status, createdAt }) => (
          <li key={id} className="border-t border-line">
            <Link
              to="/$tenantId/$mode/payments/$paymentId"
              params={{ ...place, paymentId: id }}
              className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 hover:bg-sunken"
            >
              <span className="me-auto min-w-0 font-medium [overflow-wrap:anywhere]">{reference}</span>
              <Amount minor={amount} currency={currency} />
              <PaymentStatus status={status} />
              <span className="text-sm text-muted">
                <Time at={createdAt} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
