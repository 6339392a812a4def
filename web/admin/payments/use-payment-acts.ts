import type { CapturePayment, CreateRefund } from '../../../sdk/src/api.generated.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { usePaymentTexts } from './use-payment-texts.ts';

export type Act =
  | { readonly kind: 'capture'; readonly body: CapturePayment }
  | { readonly kind: 'refund'; readonly body: CreateRefund }
  | { readonly kind: 'reverse' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'sync' };

/** Does something with a payment; the dialogs say themselves what went wrong. */
export function usePaymentActs(paymentId: string, onDone: () => void) {
  const api = useApi();
  const { key } = useHere();
  const { payment: words } = usePaymentTexts();
  return useAct<unknown, Act>({
    run: (act, options) => {
      switch (act.kind) {
        case 'capture':
          return api.captures.capturePayment(paymentId, act.body, options);
        case 'refund':
          return api.refunds.create(paymentId, act.body, options);
        case 'reverse':
          return api.reversals.reversePayment(paymentId, {}, options);
        case 'cancel':
          return api.payments.cancel(paymentId, options);
        case 'sync':
          return api.payments.sync(paymentId);
      }
    },
    done: (_answer, { kind }) => words.done[kind],
    refreshes: [[...key, 'payment', paymentId]],
    saysErrors: ({ kind }) => kind !== 'sync',
    onDone,
  });
}
