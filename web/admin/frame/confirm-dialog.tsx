import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useAdvice } from '../failure.tsx';
import { useTexts } from '../texts/use-texts.tsx';

interface ConfirmDialogProps {
  readonly title: string;
  /** What will happen, and whether it can be taken back. */
  readonly hint: ReactNode;
  /** The verb of the button that does it. */
  readonly verb: string;
  /** Of the button that does not; “Cancel” where that is no verb of the thing itself. */
  readonly keep?: string;
  readonly look?: 'danger' | 'primary';
  /** Of `useAct`, with `saysErrors`. */
  readonly act: { readonly error: unknown; readonly isPending: boolean };
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  /** What is asked for besides: a reason, the name once more. */
  readonly children?: ReactNode;
  readonly whyNot?: string | null;
}

/** Asks once more before what cannot be taken back, and stays until it was done or refused. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, hint, verb, keep, look = 'danger', act, onConfirm, onClose, children, whyNot = null } = props;
  const { ui } = useTexts();
  const advise = useAdvice();
  return (
    <Dialog title={title} description={hint} isOpen onClose={onClose}>
      <div className="grid gap-4">
        {children}
        {act.error != null && (
          <p role="alert" className="font-medium text-bad">
            {advise(act.error)}
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{keep ?? ui.cancel}</Button>
          <Button look={look} isBusy={act.isPending} whyNot={whyNot} onClick={onConfirm}>
            {verb}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
