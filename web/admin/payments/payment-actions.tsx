import { lazy, Suspense, useState } from 'react';
import type { Payment, PaymentExplanation } from '../../../sdk/src/api.generated.ts';
import type { Scope } from '../../../src/kernel/endpoint.ts';
import { Button } from '../../ui/button.tsx';
import { Disclosure } from '../../ui/disclosure.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useHere } from '../frame/use-place.ts';
import { usePaymentActs } from './use-payment-acts.ts';
import { usePaymentTexts } from './use-payment-texts.ts';

// The forms check with the API's own shapes, whose weight nobody needs who only looks.
const MoneyDialog = lazy(() => import('./money-dialog.tsx').then((module) => ({ default: module.MoneyDialog })));
const ConfirmPaymentAct = lazy(() =>
  import('./confirm-payment-act.tsx').then((module) => ({ default: module.ConfirmPaymentAct })),
);

const PERMISSIONS = {
  capture: 'capture:create',
  cancel: 'payment:update',
  refund: 'refund:create',
  reverse: 'reversal:create',
  sync: 'payment:update',
} as const satisfies Record<string, Scope>;

type Kind = keyof typeof PERMISSIONS;

interface PaymentActionsProps {
  readonly payment: Payment;
  /** What can be done now, as the code decides that would do it. */
  readonly explanation: PaymentExplanation;
}

/** A button for each thing that can be done with a payment; one that cannot be done now says why. */
export function PaymentActions({ payment, explanation }: PaymentActionsProps) {
  const { payment: words } = usePaymentTexts();
  const { words: ui } = useSpeech();
  const { may } = useHere();
  const [open, setOpen] = useState<Exclude<Kind, 'sync'> | null>(null);
  const acts = usePaymentActs(payment.id, () => setOpen(null));
  const whyNot = (kind: Kind): string | null => {
    if (!may(PERMISSIONS[kind])) return ui.noPermissionHint(PERMISSIONS[kind]);
    const possible = explanation.possible.find(({ action }) => action === kind);
    return possible === undefined || possible.allowed ? null : possible.why;
  };
  const show = (kind: Exclude<Kind, 'sync'>) => {
    acts.reset();
    setOpen(kind);
  };
  const dialog = { payment, explanation, acts, onClose: () => setOpen(null) };
  return (
    <section aria-label={words.actions} className="grid gap-1">
      <div className="flex flex-wrap gap-2">
        <Button
          look={whyNot('capture') === null ? 'primary' : 'plain'}
          whyNot={whyNot('capture')}
          onClick={() => show('capture')}
        >
          {words.doCapture}
        </Button>
        <Button whyNot={whyNot('refund')} onClick={() => show('refund')}>
          {words.doRefund}
        </Button>
        <Button whyNot={whyNot('reverse')} onClick={() => show('reverse')}>
          {words.doReverse}
        </Button>
        <Button whyNot={whyNot('cancel')} onClick={() => show('cancel')}>
          {payment.status === 'authorized' ? words.doRelease : words.doCancel}
        </Button>
        <Button
          icon="refresh"
          whyNot={whyNot('sync')}
          isBusy={acts.isPending && open === null}
          onClick={() => acts.mutate({ kind: 'sync' })}
        >
          {words.doSync}
        </Button>
      </div>
      <WhyNots whyNot={whyNot} />
      <Suspense>
        {(open === 'capture' || open === 'refund') && <MoneyDialog kind={open} {...dialog} />}
        {(open === 'cancel' || open === 'reverse') && <ConfirmPaymentAct kind={open} {...dialog} />}
      </Suspense>
    </section>
  );
}

/** The reasons once more, to be read without pointing at a button. */
function WhyNots({ whyNot }: { readonly whyNot: (kind: Kind) => string | null }) {
  const { payment: words } = usePaymentTexts();
  const { words: ui } = useSpeech();
  const names: Readonly<Record<Kind, string>> = {
    capture: words.doCapture,
    refund: words.doRefund,
    reverse: words.doReverse,
    cancel: words.doCancel,
    sync: words.doSync,
  };
  const reasons = (Object.keys(names) as Kind[]).flatMap((kind) => {
    const reason = whyNot(kind);
    return reason === null ? [] : [{ kind, reason }];
  });
  if (reasons.length === 0) return null;
  return (
    <Disclosure title={ui.aboutThis}>
      <dl className="grid gap-1 text-sm">
        {reasons.map(({ kind, reason }) => (
          <div key={kind}>
            <dt className="inline font-medium">{names[kind]}: </dt>
            <dd className="inline text-muted">{reason}</dd>
          </div>
        ))}
      </dl>
    </Disclosure>
  );
}
