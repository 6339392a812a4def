import { useMutation, useQuery } from '@tanstack/react-query';
import { Link as RouteLink } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Condition, Loading } from '../../ui/condition.tsx';
import { TextField } from '../../ui/field.tsx';
import {
  acceptByPasskey,
  acceptByPassword,
  joinByLink,
  type Link,
  lookAtLink,
  type Newcomer,
  offerFirstPasskey,
  type Step,
} from '../api/entry.ts';
import { ApiProblem } from '../api/problem.ts';
import { Failure, useAdvice } from '../failure.tsx';
import { EntryPage } from './entry-page.tsx';
import { NextStep, type Reach, useEnter } from './entry-steps.tsx';
import { canUsePasskeys, makePasskey } from './passkey.ts';
import { useEntryTexts } from './use-entry-texts.ts';

/** A set-up link or an invitation. Its token stands behind #, where no server sees it, and is taken out of the address. */
export function LinkScreen() {
  const { entry } = useEntryTexts();
  const enter = useEnter();
  const [token] = useState(takeToken);
  const [step, setStep] = useState<Exclude<Step, 'done'> | null>(null);
  const link = useQuery({
    queryKey: ['link', token],
    queryFn: () => lookAtLink(token),
    enabled: token !== '',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const reach: Reach = async ({ step: reached }) => {
    if (reached === 'done') await enter();
    else setStep(reached);
  };
  if (step !== null) return <NextStep step={step} onReached={reach} onOther={() => setStep(null)} />;
  if (token === '' || isGone(link.error)) return <Gone hint={token === '' ? entry.tokenMissing : entry.linkGoneHint} />;
  if (link.isError) return <Failure error={link.error} onRetry={() => void link.refetch()} />;
  if (link.data === undefined) return <Loading rows={5} />;
  if (link.data.hasAccount) return <JoinPage link={link.data} token={token} />;
  return <NewcomerPage link={link.data} token={token} onReached={reach} />;
}

function takeToken(): string {
  const token = location.hash.slice(1);
  if (token !== '') history.replaceState(history.state, '', location.pathname);
  return token;
}

function isGone(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 404 || error.status === 422);
}

function Gone({ hint }: { readonly hint: string }) {
  const { entry } = useEntryTexts();
  return (
    <EntryPage title={entry.linkGone}>
      <Condition icon="clock" title={hint} />
    </EntryPage>
  );
}

interface LinkProps {
  readonly link: Link;
  readonly token: string;
}

function JoinPage({ link, token }: LinkProps) {
  const { entry } = useEntryTexts();
  const advise = useAdvice();
  const enter = useEnter();
  const joining = useMutation({ mutationFn: () => joinByLink(token), onSuccess: () => enter() });
  const isSignedOut = joining.error instanceof ApiProblem && joining.error.status === 401;
  return (
    <EntryPage title={entry.joinTitle} hint={entry.joinHint(link.tenantName ?? entry.installation)}>
      {joining.error !== null && !isSignedOut && (
        <p role="alert" className="font-medium text-bad">
          {advise(joining.error)}
        </p>
      )}
      {isSignedOut ? (
        // In a window of its own: the link waits here meanwhile.
        <RouteLink to="/sign-in" target="_blank" className={buttonClass('primary')}>
          {entry.signInFirst}
        </RouteLink>
      ) : null}
      <Button look="primary" isBusy={joining.isPending} onClick={() => joining.mutate()}>
        {entry.join}
      </Button>
    </EntryPage>
  );
}

interface NewcomerForm {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

function NewcomerPage({ link, token, onReached }: LinkProps & { readonly onReached: Reach }) {
  const { entry } = useEntryTexts();
  const advise = useAdvice();
  const { register, handleSubmit, getValues } = useForm<NewcomerForm>({
    defaultValues: { name: '', email: link.email ?? '', password: '' },
  });
  const newcomer = (): Newcomer => {
    const { name, email } = getValues();
    return { token, name: name.trim(), ...(link.email === null ? { email: email.trim() } : {}) };
  };
  const byPassword = useMutation({
    mutationFn: ({ password }: NewcomerForm) => acceptByPassword(newcomer(), password),
    onSuccess: onReached,
  });
  const byPasskey = useMutation({
    mutationFn: async () => {
      const passkey = await makePasskey(await offerFirstPasskey(newcomer()));
      return passkey === null ? null : acceptByPasskey(newcomer(), passkey, entry.passkeyLabel);
    },
    onSuccess: (answer) => (answer === null ? undefined : onReached(answer)),
  });
  const failed = byPassword.error ?? byPasskey.error;
  return (
    <EntryPage
      title={link.kind === 'setup' ? entry.setUpTitle : entry.invitationTitle}
      hint={link.kind === 'setup' ? entry.setUpHint : entry.asRole(link.role, link.tenantName ?? entry.installation)}
    >
      <form
        onSubmit={(event) => void handleSubmit((values) => byPassword.mutate(values))(event)}
        className="grid gap-4"
      >
        <TextField label={entry.name} autoComplete="name" required {...register('name')} />
        <TextField
          label={entry.email}
          type="email"
          autoComplete="username"
          required
          readOnly={link.email !== null}
          {...register('email')}
        />
        {canUsePasskeys() && (
          <div className="grid gap-2">
            <Button icon="lock" isBusy={byPasskey.isPending} onClick={() => byPasskey.mutate()}>
              {entry.passkeyMake}
            </Button>
            <p className="text-sm text-muted">{byPasskey.data === null ? entry.passkeyFailed : entry.passkeyHint}</p>
            <p className="text-center text-sm text-muted">{entry.or}</p>
          </div>
        )}
        <TextField
          label={entry.newPassword}
          hint={entry.passwordHint}
          type="password"
          autoComplete="new-password"
          required
          error={failed === null ? undefined : advise(failed)}
          {...register('password')}
        />
        <Button type="submit" look="primary" isBusy={byPassword.isPending}>
          {entry.goOn}
        </Button>
      </form>
    </EntryPage>
  );
}
