import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Payment } from '../../../sdk/src/api.generated.ts';
import { JsonView } from '../../ui/code-block.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Amount } from '../../ui/value.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { PaymentActions } from './payment-actions.tsx';
import { PaymentDeliveries } from './payment-deliveries.tsx';
import { PaymentDetails, PaymentMoney, PaymentWhy } from './payment-facts.tsx';
import { PaymentStatus } from './payment-status.tsx';
import { PaymentTimeline } from './payment-timeline.tsx';
import { usePaymentTexts } from './use-payment-texts.ts';

/** A payment that is on its way is looked at more often than one that has arrived. */
const MOVING_MS = 3_000;
const RESTING_MS = 15_000;

/** One payment: how it stands and why, what can be done with it, and everything that happened to it. */
export function PaymentScreen() {
  const { may } = useHere();
  return may('payment:read') ? <OpenPayment /> : <NoPermission permission="payment:read" />;
}

function OpenPayment() {
  const { payment: words } = usePaymentTexts();
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
      <BackLink to="/$tenantId/$mode/payments" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} rows={8} isPage>
        {({ payment, explanation }) => (
          <div className="grid gap-4">
            <ScreenHead title={payment.reference} beside={<Standing payment={payment} />} />
            <PaymentActions payment={payment} explanation={explanation} />
            <PaymentMoney payment={payment} explanation={explanation} />
            <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
              <div className="grid min-w-0 gap-4">
                <PaymentWhy payment={payment} explanation={explanation} />
                <History payment={payment} />
              </div>
              <PaymentDetails payment={payment} />
            </div>
          </div>
        )}
      </ReadResult>
    </>
  );
}

function Standing({ payment }: { readonly payment: Payment }) {
  return (
    <>
      <span className="text-xl">
        <Amount minor={payment.amount} currency={payment.currency} />
      </span>
      <PaymentStatus status={payment.status} />
    </>
  );
}

function intervalOf(payment: Payment | undefined): number {
  return payment?.status === 'created' || payment?.status === 'processing' ? MOVING_MS : RESTING_MS;
}

function History({ payment }: { readonly payment: Payment }) {
  const { payment: words } = usePaymentTexts();
  const { may } = useHere();
  const refetchMs = intervalOf(payment);
  const timeline = { paymentId: payment.id, refetchMs };
  const deliveries = {
    ...{ name: 'deliveries', title: words.tabs.deliveries, isFlush: true },
    content: <PaymentDeliveries {...timeline} />,
  };
  return (
    <Tabs
      label={words.details}
      tabs={[
        { name: 'timeline', title: words.tabs.timeline, content: <PaymentTimeline {...timeline} /> },
        {
          name: 'provider',
          title: words.tabs.provider,
          content: <PaymentTimeline {...timeline} kinds={['provider_call', 'inbound']} />,
        },
        ...(may('webhook:read') ? [deliveries] : []),
        { name: 'json', title: words.tabs.json, content: <JsonView value={payment} label={words.raw} /> },
      ]}
    />
  );
}
