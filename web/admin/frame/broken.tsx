import { Link } from '@tanstack/react-router';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Condition } from '../../ui/condition.tsx';
import { ApiProblem } from '../api/problem.ts';
import { Failure } from '../failure.tsx';
import { useTexts } from '../texts/use-texts.tsx';

/** An address that leads nowhere. */
export function NotFound() {
  const { frame } = useTexts();
  return (
    <Condition icon="question" title={frame.notFound} isPage>
      <Link to="/" className={buttonClass()}>
        {frame.toHome}
      </Link>
    </Condition>
  );
}

/** In the place of a screen that failed: a refusal of the server's with its words, or a fault of ours. */
export function Broken({ error }: { readonly error: unknown }) {
  const { frame } = useTexts();
  if (error instanceof ApiProblem) return <Failure isPage error={error} onRetry={() => location.reload()} />;
  return (
    <Condition icon="warning" title={frame.broken} isAlert isPage>
      <p>{frame.brokenHint}</p>
      <Button icon="refresh" onClick={() => location.reload()}>
        {frame.reload}
      </Button>
    </Condition>
  );
}
