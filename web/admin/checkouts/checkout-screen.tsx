import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { Checkout } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code-block.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { CheckoutStatus } from './checkout-status.tsx';
import { useCheckoutTexts } from './use-checkout-texts.ts';

const CheckoutDialog = lazy(() =>
  import('./checkout-dialog.tsx').then((module) => ({ default: module.CheckoutDialog })),
);
const PayDialog = lazy(() => import('./pay-dialog.tsx').then((module) => ({ default: module.PayDialog })));

/** One stored checkout: what it holds, how payments are made by it, and a payment by hand. */
export function CheckoutScreen() {
  const { may } = useHere();
  return may('checkout:read') ? <OpenCheckout /> : <NoPermission permission="checkout:read" />;
}

function OpenCheckout() {
  const words = useCheckoutTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { checkoutId } = useParams({ from: '/inside/$tenantId/$mode/checkouts/$checkoutId' });
  const found = useQuery({
    queryKey: [...key, 'checkouts', checkoutId],
    queryFn: ({ signal }) => api.checkouts.get(checkoutId, { signal }),
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/checkouts" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(checkout) => <Whole checkout={checkout} />}
      </ReadResult>
    </>
  );
}

function Whole({ checkout }: { readonly checkout: Checkout }) {
  const words = useCheckoutTexts();
  const { amount, currency, expiresIn, captureMethod } = checkout;
  const example = JSON.stringify({ reference: 'order-1042', ...(amount === undefined ? { amount: 1250 } : {}) });
  const call = `curl ${location.origin}/api/v1/checkouts/${checkout.id}/create -H "Authorization: Bearer $TOLLGATE_API_KEY" -H "Content-Type: application/json" -H "Idempotency-Key: order-1042" -d '${example}'`;
  return (
    <div className="grid gap-4">
      <ScreenHead title={checkout.name} beside={<CheckoutStatus status={checkout.status} />} />
      <CheckoutActions checkout={checkout} />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <FactsCard
          shape="pairs"
          title={words.holds}
          facts={[
            [
              words.amount,
              amount === undefined ? (
                words.open
              ) : currency === undefined ? (
                amount
              ) : (
                <Amount key="amount" minor={amount} currency={currency} />
              ),
            ],
            [words.currency, amount === undefined ? currency : null],
            [words.description, checkout.description],
            [words.captureMethod, captureMethod === undefined ? null : words.captures[captureMethod]],
            [words.returnUrl, checkout.returnUrl],
            [words.cancelUrl, checkout.cancelUrl],
            [words.ipnUrl, checkout.ipnUrl],
            [words.productId, checkout.productId],
            [words.expiresIn, expiresIn],
            [words.reference, checkout.reference],
            [words.created, <Time key="created" at={checkout.createdAt} />],
            [words.updated, <Time key="updated" at={checkout.updatedAt} />],
            [words.id, <Copyable key="id" text={checkout.id} what={words.id} />],
          ]}
        />
        <section aria-label={words.call} className="card grid gap-2 p-4">
          <h2 className="font-semibold">{words.call}</h2>
          <p className="text-muted">{words.callHint}</p>
          <CodeBlock text={call} label={words.call} />
        </section>
      </div>
    </div>
  );
}

function CheckoutActions({ checkout }: { readonly checkout: Checkout }) {
  const words = useCheckoutTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const [open, setOpen] = useState<'edit' | 'archive' | 'pay' | null>(null);
  const close = () => setOpen(null);
  const isArchived = checkout.status === 'archived';
  const changes = may('checkout:update') ? null : ui.noPermissionHint('checkout:update');
  const pays = may('payment:create') ? null : ui.noPermissionHint('payment:create');
  const moving = useAct({
    run: (status: Checkout['status']) => api.checkouts.update(checkout.id, { status }),
    refreshes: [[...key, 'checkouts']],
    done: isArchived ? words.restored : words.archived,
    onDone: close,
    ...(isArchived ? {} : { saysErrors: true }),
  });
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        look="primary"
        icon="card"
        whyNot={pays ?? (isArchived ? words.archivedWhy : null)}
        onClick={() => setOpen('pay')}
      >
        {words.pay}
      </Button>
      <Button whyNot={changes} onClick={() => setOpen('edit')}>
        {words.edit}
      </Button>
      {isArchived ? (
        <Button icon="back" whyNot={changes} isBusy={moving.isPending} onClick={() => moving.mutate('active')}>
          {words.restore}
        </Button>
      ) : (
        <Button icon="pause" whyNot={changes} onClick={() => setOpen('archive')}>
          {words.archive}
        </Button>
      )}
      <Suspense>
        {open === 'edit' && <CheckoutDialog checkout={checkout} onClose={close} />}
        {open === 'pay' && <PayDialog checkout={checkout} onClose={close} />}
      </Suspense>
      {open === 'archive' && (
        <ConfirmDialog
          title={words.archiveTitle}
          hint={words.archiveHint}
          verb={words.archive}
          keep={words.keep}
          act={moving}
          onConfirm={() => moving.mutate('archived')}
          onClose={close}
        />
      )}
    </div>
  );
}
