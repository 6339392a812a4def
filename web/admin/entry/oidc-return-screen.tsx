import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { buttonClass } from '../../ui/button.tsx';
import { Loading } from '../../ui/condition.tsx';
import { finishOidc } from '../api/entry.ts';
import { ApiProblem } from '../api/problem.ts';
import { useAdvice } from '../failure.tsx';
import { EntryPage } from './entry-page.tsx';
import { useEnter } from './entry-steps.tsx';
import { useEntryTexts } from './use-entry-texts.ts';
import { takeWayBack } from './way-back.ts';

/** Where the identity provider sends people back to: what they bring along is good once. */
export function OidcReturnScreen() {
  const { entry } = useEntryTexts();
  const advise = useAdvice();
  const enter = useEnter();
  const { code = '', state = '', iss } = useSearch({ from: '/sign-in/oidc' });
  const coming = useQuery({
    queryKey: ['oidc-return', state],
    queryFn: () => finishOidc({ code, state, ...(iss === undefined ? {} : { iss }) }),
    enabled: code !== '' && state !== '',
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const isIn = coming.data !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the answer has come
  useEffect(() => {
    if (isIn) void enter(takeWayBack());
  }, [isIn]);
  if (!coming.isError && code !== '' && state !== '') {
    return (
      <EntryPage title={entry.title}>
        <Loading />
      </EntryPage>
    );
  }
  const isRefused = coming.error === null || (coming.error instanceof ApiProblem && coming.error.status === 401);
  return (
    <EntryPage title={entry.oidcFailed}>
      <p role="alert" className="text-muted">
        {isRefused ? entry.oidcFailedHint : advise(coming.error)}
      </p>
      <Link to="/sign-in" className={buttonClass('primary')}>
        {entry.oidcAgain}
      </Link>
    </EntryPage>
  );
}
