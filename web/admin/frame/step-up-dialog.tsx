import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { ApiProblem } from '../api/problem.ts';
import { askForStepUp, sessionQuery, stepUp } from '../api/session.ts';
import { askPasskey, canUsePasskeys } from '../entry/passkey.ts';
import { useEntryTexts } from '../entry/use-entry-texts.ts';
import { useAdvice } from '../failure.tsx';
import { useTexts } from '../texts/use-texts.tsx';

/** Asks for a passkey or a code of the authenticator app, whichever somebody has, before something dangerous is done. */
export function StepUpDialog({ onSettled }: { readonly onSettled: (isProven: boolean) => void }) {
  const { frame, ui } = useTexts();
  const { entry } = useEntryTexts();
  const waysIn = useQueryClient().getQueryData(sessionQuery.queryKey)?.waysIn;
  const hasPasskey = (waysIn?.passkeys ?? 0) > 0 && canUsePasskeys();
  const hasCode = waysIn?.hasTotp !== false;
  const advise = useAdvice();
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const prove = async (wrong: string, giveProof: () => Promise<boolean>) => {
    setBusy(true);
    try {
      if (await giveProof()) return onSettled(true);
      setError(wrong);
    } catch (refusal) {
      const isWrong = refusal instanceof ApiProblem && (refusal.code === 'proof_refused' || refusal.status === 422);
      setError(isWrong ? wrong : advise(refusal));
    }
    setBusy(false);
  };
  const provePasskey = () =>
    prove(entry.passkeyFailed, async () => {
      const passkey = await askPasskey(await askForStepUp());
      if (passkey !== null) await stepUp({ passkey });
      return passkey !== null;
    });
  const proveCode = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code')).trim();
    return prove(entry.wrongCode, async () => {
      await stepUp({ code });
      return true;
    });
  };
  return (
    <Dialog title={frame.stepUpTitle} description={frame.stepUpHint} isOpen onClose={() => onSettled(false)}>
      <div className="grid gap-4">
        {hasPasskey && (
          <Button look="primary" icon="lock" isBusy={isBusy} onClick={() => void provePasskey()}>
            {entry.passkey}
          </Button>
        )}
        {hasCode && (
          <form onSubmit={(event) => void proveCode(event)} className="grid gap-4">
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
              <Button type="submit" look={hasPasskey ? 'plain' : 'primary'} isBusy={isBusy}>
                {entry.confirm}
              </Button>
            </div>
          </form>
        )}
        {!hasCode && error !== undefined && (
          <p role="alert" className="font-medium text-bad">
            {error}
          </p>
        )}
      </div>
    </Dialog>
  );
}
