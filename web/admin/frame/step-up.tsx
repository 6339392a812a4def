import { createContext, lazy, type ReactNode, Suspense, useCallback, useContext, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';

const StepUpDialog = lazy(() => import('./step-up-dialog.tsx').then((module) => ({ default: module.StepUpDialog })));

type Guarded = <Answer>(act: () => Promise<Answer>) => Promise<Answer>;

const StepUpContext = createContext<Guarded>((act) => act());

interface Asked {
  readonly settle: (isProven: boolean) => void;
}

/** Runs acts; one that wants the second factor again waits until it was given, and is then done with the same key. */
export function StepUpProvider({ children }: { readonly children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const guarded = useCallback<Guarded>(async (act) => {
    try {
      return await act();
    } catch (refusal) {
      if (!(refusal instanceof ApiProblem) || refusal.code !== 'step_up_required') throw refusal;
      const isProven = await new Promise<boolean>((settle) => setAsked({ settle }));
      setAsked(null);
      if (!isProven) throw refusal;
      return act();
    }
  }, []);
  return (
    <StepUpContext value={guarded}>
      {children}
      <Suspense>{asked !== null && <StepUpDialog onSettled={asked.settle} />}</Suspense>
    </StepUpContext>
  );
}

export function useStepUp(): Guarded {
  return useContext(StepUpContext);
}
