import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Payment } from '../../../sdk/src/api.generated.ts';
import { buttonClass } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { Amount, Time } from '../../ui/value.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useMenu } from '../frame/use-menu.ts';
import { useHere } from '../frame/use-place.ts';
import { PaymentStatus } from '../payments/payment-status.tsx';
import { Attention, type Counted } from './attention.tsx';
import type { Figure } from './figure.ts';
import { Figures } from './figures.tsx';
import { FirstRunGuide } from './first-run-guide.tsx';
import { periodOf } from './home-search.ts';
import { PeriodChoice } from './period-choice.tsx';
import { useHomeTexts } from './use-home-texts.ts';

const LIVE_INTERVAL_MS = 30_000;
const LATEST_ROWS = 6;

/** How a tenant's payments and notifications have gone lately, and what wants somebody now. */
export function HomeScreen() {
  const { may } = useHere();
  return may('payment:read') ? <OpenHome /> : <NoPermission permission="payment:read" />;
}

function OpenHome() {
  const { home: words } = useHomeTexts();
  const api = useApi();
  const { key, place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/' });
  const navigate = useNavigate();
  const linkTo = useLinks(periodOf(search.range).since);
  const found = useQuery({
    queryKey: [...key, 'home', search.range],
    queryFn: async ({ signal }) => {
      const [overview, latest] = await Promise.all([
        api.panel.getOverview(periodOf(search.range), { signal }),
        api.payments.list({ limit: LATEST_ROWS }, { signal }),
      ]);
      return { overview, latest: latest.data };
    },
    placeholderData: keepPreviousData,
    refetchInterval: LIVE_INTERVAL_MS,
  });
  return (
    <div className="grid gap-4">
      <ScreenHead title={words.title}>
        <PeriodChoice
          search={search}
          onSearch={(next) => void navigate({ to: '/$tenantId/$mode', params: place, search: next })}
          overview={found.data?.overview}
        />
      </ScreenHead>
      <ReadResult of={found} rows={8}>
        {({ overview, latest }) => (
          <>
            {latest.length === 0 ? (
              <FirstRunGuide />
            ) : (
              <Figures overview={overview} currency={search.currency} linkOf={linkTo.figure} />
            )}
            <div className="grid items-start gap-4 xl:grid-cols-2">
              <Attention attention={overview.attention} linkOf={linkTo.counted} />
              {latest.length > 0 && <Latest payments={latest} />}
            </div>
          </>
        )}
      </ReadResult>
    </div>
  );
}

interface Behind {
  readonly address: string;
  readonly search?: Readonly<Record<string, string>>;
}

const COUNTED_BEHIND: Readonly<Record<Counted, Behind>> = {
  openFuses: { address: '/ack-reversals' },
  openCircuits: { address: '/provider-accounts' },
  stuckPayments: { address: '/payments', search: { status: 'processing' } },
  stuckOperations: { address: '/refunds' },
  openExceptions: { address: '/reconciliation-exceptions' },
  notificationsSetAside: { address: '/inbound' },
  unwellEndpoints: { address: '/webhooks' },
  deliveriesWaiting: { address: '/deliveries', search: { status: 'pending' } },
};

/** Links to the lists behind the numbers, for those who may see them. */
function useLinks(since: string) {
  const { home: words } = useHomeTexts();
  const { place } = useHere();
  const menu = useMenu();
  const figures: Readonly<Record<Figure, Behind>> = {
    volume: { address: '/payments', search: { status: 'succeeded', createdAfter: since } },
    payments: { address: '/payments', search: { createdAfter: since } },
    success: { address: '/payments', search: { status: 'failed', createdAfter: since } },
    refunds: { address: '/refunds' },
    disputes: { address: '/disputes' },
    acknowledged: { address: '/deliveries' },
  };
  const link = ({ address, search = {} }: Behind, look: 'button' | 'text', label: string): ReactNode => {
    const screen = menu.find(({ to }) => to.endsWith(`$mode${address}`));
    if (screen === undefined) return look === 'text' ? label : null;
    const className = look === 'button' ? buttonClass('quiet') : 'text-accent underline-offset-2 hover:underline';
    return (
      <Link to={screen.to} params={place} search={search} className={className}>
        {label}
      </Link>
    );
  };
  return {
    figure: (figure: Figure) => link(figures[figure], 'button', words.behind[figure]),
    counted: (counted: Counted, label: string) => link(COUNTED_BEHIND[counted], 'text', label),
  };
}

function Latest({ payments }: { readonly payments: readonly Payment[] }) {
  const { home: words } = useHomeTexts();
  const { place } = useHere();
  return (
    <section aria-label={words.latest} className="card">
      <div className="flex items-center justify-between gap-2 p-4 pb-2">
        <h2 className="font-semibold">{words.latest}</h2>
        <Link to="/$tenantId/$mode/payments" params={place} className={buttonClass('quiet')}>
          {words.all}
        </Link>
      </div>
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
