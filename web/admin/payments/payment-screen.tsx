import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Tabs } from 'radix-ui';
import type { Payment } from '../../../sdk/src/api.generated.ts';
import { Loading, NoPermission } from '../../ui/condition.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Amount, JsonView } from '../../ui/value.tsx';
import { Failure } from '../failure.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { PaymentActions } from './payment-actions.tsx';
import { PaymentDeliveries } from './payment-deliveries.tsx';
import { PaymentDetails, PaymentMoney, PaymentWhy } from './payment-facts.tsx';
import { PaymentStatus } from './payment-status.tsx';
import { PaymentTimeline } from './payment-timeline.tsx';

/** A payment that is on its way is looked at more often than one that has arrived. */
const MOVING_MS = 3_000;
const RESTING_MS = 15_000;

/** One payment: how it stands and why, what can be done with it, and everything that happened to it. */
export function PaymentScreen() {
  const { may } = useHere();
  return may('payment:read') ? <OpenPayment /> : <NoPermission permission="payment:read" />;
}

function OpenPayment() {
  const { payment: words } = useTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { paymentId } = useParams({ from: '/inside/$tenantId/$mode/payments/$paymentId' });
  // Together, so that no button stands beside a state that it was not decided by.
  const found = useQuery({
    queryKey: [...key, 'payment', paymentId],
    queryFn: async ({ signal }) => {
      const [payment, explanation] = await Promise.all([
        api.payments.get(paymentId, { signal }),
        api.payments.explain(paymentId, { signal }),
      ]);
      return { payment, explanation };
    },
    refetchInterval: ({ state }) => intervalOf(state.data?.payment),
  });
  return (
    <>
      <Link
        to="/$tenantId/$mode/payments"
        params={place}
        className="inline-flex min-h-8 items-center gap-1 text-sm text-muted hover:text-ink"
      >
        <Icon name="left" />
        {words.back}
      </Link>
      {found.isPending && <Loading rows={8} />}
      {found.isError && !found.data && <Failure isPage error={found.error} onRetry={() => void found.refetch()} />}
      {found.data !== undefined && (
        <div className="grid gap-4">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <h1 className="text-xl font-semibold [overflow-wrap:anywhere]">{found.data.payment.reference}</h1>
            <span className="text-xl">
              <Amount minor={found.data.payment.amount} currency={found.data.payment.currency} />
            </span>
            <PaymentStatus status={found.data.payment.status} />
          </div>
          <PaymentActions {...found.data} />
          <PaymentMoney {...found.data} />
          <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
            <div className="grid min-w-0 gap-4">
              <PaymentWhy {...found.data} />
              <History payment={found.data.payment} />
            </div>
            <PaymentDetails payment={found.data.payment} />
          </div>
        </div>
      )}
    </>
  );
}

function intervalOf(payment: Payment | undefined): number {
  return payment?.status === 'created' || payment?.status === 'processing' ? MOVING_MS : RESTING_MS;
}

function History({ payment }: { readonly payment: Payment }) {
  const { payment: words } = useTexts();
  const { may } = useHere();
  const refetchMs = intervalOf(payment);
  const names = may('webhook:read')
    ? (['timeline', 'provider', 'deliveries', 'json'] as const)
    : (['timeline', 'provider', 'json'] as const);
  return (
    <Tabs.Root defaultValue="timeline" className="card min-w-0">
      <Tabs.List className="flex gap-1 overflow-x-auto border-b border-line px-3" aria-label={words.details}>
        {names.map((name) => (
          <Tabs.Trigger
            key={name}
            value={name}
            className="min-h-11 border-b-2 border-transparent px-2.5 text-muted outline-offset-[-2px] data-[state=active]:border-accent data-[state=active]:font-semibold data-[state=active]:text-ink"
          >
            {words.tabs[name]}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value="timeline" className="p-4">
        <PaymentTimeline paymentId={payment.id} refetchMs={refetchMs} />
      </Tabs.Content>
      <Tabs.Content value="provider" className="p-4">
        <PaymentTimeline paymentId={payment.id} refetchMs={refetchMs} kinds={['provider_call', 'inbound']} />
      </Tabs.Content>
      <Tabs.Content value="deliveries">
        <PaymentDeliveries paymentId={payment.id} refetchMs={refetchMs} />
      </Tabs.Content>
      <Tabs.Content value="json" className="p-4">
        <JsonView value={payment} label={words.raw} />
      </Tabs.Content>
    </Tabs.Root>
  );
}
