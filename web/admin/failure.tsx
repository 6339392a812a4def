import { Button } from '../ui/button.tsx';
import { Condition } from '../ui/condition.tsx';
import { Copyable } from '../ui/value.tsx';
import { useSpeech } from '../ui/words.tsx';
import { ApiProblem, problemOf } from './api/problem.ts';
import type { Texts } from './texts/en.ts';
import { useTexts } from './texts/use-texts.tsx';

/** What a person can do about a refusal; the API's own sentence where it knows best. */
function adviceOn(problem: ApiProblem, texts: Texts): string {
  const { problem: words } = texts;
  if (problem.status === 0) return navigator.onLine ? words.noAnswer : words.offline;
  if (problem.status === 401) return words.signedOut;
  if (problem.code === 'forbidden') return words.forbidden;
  if (problem.status === 429) return words.tooMany(problem.retryAfterSeconds ?? 1);
  if (problem.status === 503) return words.unavailable;
  const fields = problem.errors.map(({ detail }) => detail).join(' ');
  return fields === '' ? problem.message : `${problem.message} ${fields}`;
}

interface FailureProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly isPage?: boolean;
}

/** In the place of what could not be read. */
export function Failure({ error, onRetry, isPage = false }: FailureProps) {
  const { words } = useSpeech();
  const texts = useTexts();
  const problem = problemOf(error);
  const isGone = problem.status === 404;
  return (
    <Condition
      icon={isGone ? 'question' : 'warning'}
      title={isGone ? texts.frame.notFound : words.failed}
      isAlert
      isPage={isPage}
    >
      {!isGone && <p>{adviceOn(problem, texts)}</p>}
      {problem.correlationId !== null && !isGone && (
        <p className="text-sm">
          {words.correlation}: <Copyable text={problem.correlationId} what={words.correlation} />
        </p>
      )}
      {onRetry !== undefined && !isGone && (
        <Button icon="refresh" onClick={onRetry}>
          {words.retry}
        </Button>
      )}
    </Condition>
  );
}

/** Words for a refusal of something that was done, beside the button that did it. */
export function useAdvice(): (error: unknown) => string {
  const texts = useTexts();
  return (error) => adviceOn(error instanceof ApiProblem ? error : problemOf(error), texts);
}
