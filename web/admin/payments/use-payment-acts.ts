import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { CapturePayment, CreateRefund } from '../../../sdk/src/api.generated.ts';
import { useToast } from '../../ui/toast.tsx';
import { isApprovalRequested } from '../api/approval-requested.ts';
import { useAdvice } from '../failure.tsx';
import { useStepUp } from '../frame/step-up.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useTexts } from '../texts/use-texts.tsx';

export type Act =
  | { readonly kind: 'capture'; readonly body: CapturePayment }
  | { readonly kind: 'refund'; readonly body: CreateRefund }
  | { readonly kind: 'reverse' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'sync' };

/**
 * Does something with a payment. The same act, pressed again after an answer that did not come, goes out under the same
 * Idempotency-Key, so that money moves once; another act, or the same after it was answered, under a new one.
 */
export function usePaymentActs(paymentId: string, onDone: () => void) {
  const api = useApi();
  const { key } = useHere();
  const { payment: words, problem } = useTexts();
  const client = useQueryClient();
  const guarded = useStepUp();
  const tell = useToast();
  const advise = useAdvice();
  const begun = useRef<{ readonly text: string; readonly idempotencyKey: string } | null>(null);
  return useMutation({
    mutationFn: (act: Act) => {
      const text = JSON.stringify(act);
      if (begun.current?.text !== text) begun.current = { text, idempotencyKey: crypto.randomUUID() };
      const options = { idempotencyKey: begun.current.idempotencyKey };
      return guarded<unknown>(() => {
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
      });
    },
    onSuccess: (answer, { kind }) => {
      begun.current = null;
      tell(isApprovalRequested(answer) ? problem.approval : words.done[kind]);
      onDone();
    },
    onError: (error, { kind }) => {
      // Dialogs say it themselves, beside their button.
      if (kind === 'sync') tell(advise(error), 'bad');
    },
    onSettled: () => client.invalidateQueries({ queryKey: [...key, 'payment', paymentId] }),
  });
}
