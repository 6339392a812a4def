import { createContext, type FormEvent, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { ApiProblem } from '../api/problem.ts';
import { stepUp } from '../api/session.ts';
import { useTexts } from '../texts/use-texts.tsx';

type Guarded = <Answer>(act: () => Promise<Answer>) => Promise<Answer>;

const StepUpContext = createContext<Guarded>((act) => act());

interface Asked {
  readonly settle: (isProven: boolean) => void;
}

/** Runs acts; one that wants the second factor again waits until it was given, and is then done with the same key. */
export function StepUpProvider({ children }: { readonly children: ReactNode }) {
  const { frame, ui, entry } = useTexts();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const guarded = useCallback<Guarded>(async (act) => {
    try {
      return await act();
    } catch (refusal) {
      if (!(refusal instanceof ApiProblem) || refusal.code !== 'step_up_required') throw refusal;
      setError(undefined);
      const isProven = await new Promise<boolean>((settle) => setAsked({ settle }));
      setAsked(null);
      if (!isProven) throw refusal;
      return act();
    }
  }, []);
  const prove = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    try {
      await stepUp(String(new FormData(event.currentTarget).get('code')).trim());
      asked?.settle(true);
    } catch {
      setError(entry.wrongCode);
    } finally {
      setBusy(false);
    }
  };
  return (
    <StepUpContext value={guarded}>
      {children}
      <Dialog
        title={frame.stepUpTitle}
        description={frame.stepUpHint}
        isOpen={asked !== null}
        onClose={() => asked?.settle(false)}
      >
        <form ref={form} onSubmit={(event) => void prove(event)} className="grid gap-4">
          <TextField
            label={entry.code}
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            error={error}
          />
          <div className="flex justify-end gap-2">
            <Button onClick={() => asked?.settle(false)}>{ui.cancel}</Button>
            <Button type="submit" look="primary" isBusy={isBusy}>
              {entry.confirm}
            </Button>
          </div>
        </form>
      </Dialog>
    </StepUpContext>
  );
}

export function useStepUp(): Guarded {
  return useContext(StepUpContext);
}
