import type { Payment } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useAdvice } from '../failure.tsx';
import { useTexts } from '../texts/use-texts.tsx';
import type { usePaymentActs } from './use-payment-acts.ts';

interface ConfirmDialogProps {
  readonly kind: 'cancel' | 'reverse';
  readonly payment: Payment;
  readonly acts: ReturnType<typeof usePaymentActs>;
  readonly onClose: () => void;
}

/** Asks once more before what cannot be taken back. */
export function ConfirmDialog({ kind, payment, acts, onClose }: ConfirmDialogProps) {
  const { payment: words } = useTexts();
  const advise = useAdvice();
  const isRelease = kind === 'cancel' && payment.status === 'authorized';
  const [title, hint, verb] =
    kind === 'reverse'
      ? [words.reverseTitle, words.reverseHint, words.doReverse]
      : isRelease
        ? [words.releaseTitle, words.releaseHint, words.doRelease]
        : [words.cancelTitle, words.cancelHint, words.doCancel];
  return (
    <Dialog title={title} description={hint} isOpen onClose={onClose}>
      {acts.error !== null && (
        <p role="alert" className="mb-3 font-medium text-bad">
          {advise(acts.error)}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{words.keep}</Button>
        <Button look="danger" isBusy={acts.isPending} onClick={() => acts.mutate({ kind })}>
          {verb}
        </Button>
      </div>
    </Dialog>
  );
}
