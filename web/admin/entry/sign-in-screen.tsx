import { useMutation } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { type Step, signIn } from '../api/entry.ts';
import { useAdvice } from '../failure.tsx';
import { useTexts } from '../texts/use-texts.tsx';
import { EntryPage } from './entry-page.tsx';
import { errorText, NextStep, PasskeyButton, type Reach, useEnter } from './entry-steps.tsx';

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

function PasswordPage({ onReached }: { readonly onReached: Reach }) {
  const { entry } = useTexts();
  const advise = useAdvice();
  const { register, handleSubmit } = useForm<{ email: string; password: string }>();
  const signing = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) => signIn(email.trim(), password),
    onSuccess: onReached,
  });
  return (
    <EntryPage title={entry.title}>
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
        <PasskeyButton onReached={onReached} />
      </form>
    </EntryPage>
  );
}
