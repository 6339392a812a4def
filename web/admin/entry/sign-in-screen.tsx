import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { beginOidc, type Step, signIn, waysIn } from '../api/entry.ts';
import { useAdvice } from '../failure.tsx';
import { EntryPage } from './entry-page.tsx';
import { errorText, NextStep, PasskeyButton, type Reach, useEnter } from './entry-steps.tsx';
import { canUsePasskeys } from './passkey.ts';
import { useEntryTexts } from './use-entry-texts.ts';
import { keepWayBack } from './way-back.ts';

/** E-mail address and password or a passkey, then what is still to be done; each on a page of its own. */
export function SignInScreen() {
  const { to } = useSearch({ from: '/sign-in' });
  const enter = useEnter();
  const [step, setStep] = useState<Exclude<Step, 'done'> | null>(null);
  const reach: Reach = async ({ step: reached }) => {
    if (reached === 'done') await enter(to);
    else setStep(reached);
  };
  if (step !== null) return <NextStep step={step} onReached={reach} onOther={() => setStep(null)} />;
  return <PasswordPage onReached={reach} />;
}

/** A passkey first, where there can be one: it is both factors at once, and no address is typed. */
function PasswordPage({ onReached }: { readonly onReached: Reach }) {
  const { entry } = useEntryTexts();
  const advise = useAdvice();
  const ways = useQuery({ queryKey: ['ways-in'], queryFn: waysIn, staleTime: Number.POSITIVE_INFINITY });
  const { register, handleSubmit } = useForm<{ email: string; password: string }>();
  const signing = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) => signIn(email.trim(), password),
    onSuccess: onReached,
  });
  const hasPasskeys = ways.data?.passkeys === true && canUsePasskeys();
  return (
    <EntryPage title={entry.title}>
      {(hasPasskeys || ways.data?.oidc === true) && (
        <>
          {hasPasskeys && <PasskeyButton onReached={onReached} />}
          {ways.data?.oidc === true && <OidcButton />}
          <p className="flex items-center gap-3 text-sm text-muted before:h-px before:grow before:bg-line after:h-px after:grow after:bg-line">
            {entry.or}
          </p>
        </>
      )}
      <form onSubmit={(event) => void handleSubmit((values) => signing.mutate(values))(event)} className="grid gap-4">
        <TextField label={entry.email} type="email" autoComplete="username webauthn" required {...register('email')} />
        <TextField
          label={entry.password}
          type="password"
          autoComplete="current-password"
          required
          error={errorText(signing.error, entry.wrong, advise)}
          {...register('password')}
        />
        <Button type="submit" look="primary" isBusy={signing.isPending}>
          {entry.signIn}
        </Button>
      </form>
    </EntryPage>
  );
}

/** Leads to the identity provider, which sends the browser back to the screen of the way back. */
function OidcButton() {
  const { entry } = useEntryTexts();
  const advise = useAdvice();
  const { to } = useSearch({ from: '/sign-in' });
  const leaving = useMutation({
    mutationFn: beginOidc,
    onSuccess: ({ url }) => {
      keepWayBack(to);
      location.assign(url);
    },
  });
  return (
    <>
      <Button icon="external" isBusy={leaving.isPending} onClick={() => leaving.mutate()}>
        {entry.oidc}
      </Button>
      {leaving.error !== null && (
        <p role="alert" className="text-sm font-medium text-bad">
          {advise(leaving.error)}
        </p>
      )}
    </>
  );
}
