import type { Payment } from '../../../sdk/src/api.generated.ts';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import type { usePaymentActs } from './use-payment-acts.ts';
import { usePaymentTexts } from './use-payment-texts.ts';

interface ConfirmPaymentActProps {
  readonly kind: 'cancel' | 'reverse';
  readonly payment: Payment;
  readonly acts: ReturnType<typeof usePaymentActs>;
  readonly onClose: () => void;
}

/** Asks once more before a payment is canceled, released or reversed. */
export function ConfirmPaymentAct({ kind, payment, acts, onClose }: ConfirmPaymentActProps) {
  const { payment: words } = usePaymentTexts();
  const isRelease = kind === 'cancel' && payment.status === 'authorized';
  const [title, hint, verb] =
    kind === 'reverse'
      ? [words.reverseTitle, words.reverseHint, words.doReverse]
      : isRelease
        ? [words.releaseTitle, words.releaseHint, words.doRelease]
        : [words.cancelTitle, words.cancelHint, words.doCancel];
  return (
    <ConfirmDialog
      {...{ title, hint, verb, onClose }}
      keep={words.keep}
      act={acts}
      onConfirm={() => acts.mutate({ kind })}
    />
  );
}
