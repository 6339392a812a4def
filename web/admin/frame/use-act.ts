import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { ApprovalRequested } from '../../../sdk/src/api.generated.ts';
import { useToast } from '../../ui/toast.tsx';
import { isApprovalRequested } from '../api/approval-requested.ts';
import { ApiProblem } from '../api/problem.ts';
import { useAdvice } from '../failure.tsx';
import { useTexts } from '../texts/use-texts.tsx';
import { useStepUp } from './step-up.tsx';

interface ActOptions<Input, Answer> {
  /** Calls the API; where the call has no use for a key, it leaves it. */
  readonly run: (input: Input, options: { readonly idempotencyKey: string }) => Promise<Answer>;
  /** What is said when it was done; nothing where the screen shows it anyway. */
  readonly done?: string | ((answer: Exclude<Answer, ApprovalRequested>, input: Input) => string);
  /** The beginnings of the keys of what is read anew, also after a refusal: it may have changed meanwhile. */
  readonly refreshes?: readonly QueryKey[];
  /** A dialog closes, or shows what came of it. Also where a second person has to approve first. */
  readonly onDone?: (answer: Answer, input: Input) => void;
  /** A dialog or a form says itself what went wrong, beside its button; else it is said in the corner. */
  readonly saysErrors?: boolean | ((input: Input) => boolean);
  /** A form puts what is wrong to its fields. */
  readonly onRefused?: (error: unknown) => void;
}

/**
 * Does something by the API. The same act, pressed again after an answer that did not come, goes out under the same
 * Idempotency-Key, so that it is done once; another one, or the same after it was answered, under a new key. Where it
 * wants the second factor again, that is asked for, and the act goes on. Where somebody else has to approve first, that is
 * said.
 */
export function useAct<Answer, Input = void>({
  run,
  done,
  refreshes = [],
  onDone,
  saysErrors = false,
  onRefused,
}: ActOptions<Input, Answer>) {
  const { problem } = useTexts();
  const client = useQueryClient();
  const guarded = useStepUp();
  const tell = useToast();
  const advise = useAdvice();
  const begun = useRef<{ readonly text: string; readonly idempotencyKey: string } | null>(null);
  return useMutation({
    mutationFn: (input: Input) => {
      const text = JSON.stringify(input ?? null);
      if (begun.current?.text !== text) begun.current = { text, idempotencyKey: crypto.randomUUID() };
      const { idempotencyKey } = begun.current;
      return guarded(() => run(input, { idempotencyKey }));
    },
    onSuccess: (answer, input) => {
      begun.current = null;
      if (isApprovalRequested(answer)) tell(problem.approval);
      else if (done !== undefined) {
        tell(typeof done === 'string' ? done : done(answer as Exclude<Answer, ApprovalRequested>, input));
      }
      onDone?.(answer, input);
    },
    onError: (error, input) => {
      if (isSettled(error)) begun.current = null;
      if (!(typeof saysErrors === 'function' ? saysErrors(input) : saysErrors)) tell(advise(error), 'bad');
      onRefused?.(error);
    },
    onSettled: () => Promise.all(refreshes.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

/** Whether it is known that nothing was done, and nothing is being done. */
function isSettled(error: unknown): boolean {
  if (!(error instanceof ApiProblem)) return false;
  return error.status >= 400 && error.status < 500 && error.code !== 'idempotency_in_progress';
}
