import { type FormEvent, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { ApiProblem } from '../api/problem.ts';
import { stepUp } from '../api/session.ts';
import { useAdvice } from '../failure.tsx';
import { useTexts } from '../texts/use-texts.tsx';

/** Asks for a code of the authenticator app before something dangerous is done. */
export function StepUpDialog({ onSettled }: { readonly onSettled: (isProven: boolean) => void }) {
  const { frame, ui, entry } = useTexts();
  const advise = useAdvice();
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const prove = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    try {
      await stepUp(String(new FormData(event.currentTarget).get('code')).trim());
      onSettled(true);
    } catch (refusal) {
      const isWrong = refusal instanceof ApiProblem && (refusal.code === 'proof_refused' || refusal.status === 422);
      setError(isWrong ? entry.wrongCode : advise(refusal));
      setBusy(false);
    }
  };
  return (
    <Dialog title={frame.stepUpTitle} description={frame.stepUpHint} isOpen onClose={() => onSettled(false)}>
      <form onSubmit={(event) => void prove(event)} className="grid gap-4">
        <TextField
          label={entry.code}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          error={error}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={() => onSettled(false)}>{ui.cancel}</Button>
          <Button type="submit" look="primary" isBusy={isBusy}>
            {entry.confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
