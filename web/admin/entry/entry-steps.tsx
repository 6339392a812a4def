import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { askForPasskey, proveCode, type Step, signInByPasskey } from '../api/entry.ts';
import { ApiProblem } from '../api/problem.ts';
import { sessionQuery } from '../api/session.ts';
import { BASE } from '../base.ts';
import { useAdvice } from '../failure.tsx';
import { EnrollPage } from './enroll-page.tsx';
import { EntryPage } from './entry-page.tsx';
import { askPasskey, canUsePasskeys } from './passkey.ts';
import { useEntryTexts } from './use-entry-texts.ts';

export type Reach = (answer: { readonly step: Step }) => Promise<void>;

/** Opens the panel for somebody who has just got in, where they wanted to go. */
export function useEnter(): (to?: string) => Promise<void> {
  const router = useRouter();
  const client = useQueryClient();
  return async (to) => {
    await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
    // Only ever within the panel: what stands in the address may come from anybody.
    router.history.replace(to?.startsWith(`${BASE}/`) === true ? to : `${BASE}/`);
  };
}

interface NextStepProps {
  readonly step: Exclude<Step, 'done'>;
  readonly onReached: Reach;
  readonly onOther: () => void;
}

/** The page for what is still to be done after a password or a link. */
export function NextStep({ step, onReached, onOther }: NextStepProps) {
  const { entry } = useEntryTexts();
  if (step === 'enroll') return <EnrollPage onDone={() => onReached({ step: 'done' })} />;
  if (step === 'totp') return <CodePage onReached={onReached} onOther={onOther} />;
  return (
    <EntryPage title={entry.codeTitle} hint={entry.passkeyHint}>
      <PasskeyButton onReached={onReached} />
      <Button look="quiet" onClick={onOther}>
        {entry.other}
      </Button>
    </EntryPage>
  );
}

/** Gets in by a passkey, where this browser can have one here. */
export function PasskeyButton({ onReached }: { readonly onReached: Reach }) {
  const { entry } = useEntryTexts();
  const advise = useAdvice();
  const using = useMutation({
    mutationFn: async () => {
      const passkey = await askPasskey(await askForPasskey());
      return passkey === null ? null : signInByPasskey(passkey);
    },
    onSuccess: (answer) => (answer === null ? undefined : onReached(answer)),
  });
  if (!canUsePasskeys()) return null;
  const error = using.data === null ? entry.passkeyFailed : errorText(using.error, entry.passkeyFailed, advise);
  return (
    <>
      <Button icon="lock" isBusy={using.isPending} onClick={() => using.mutate()}>
        {entry.passkey}
      </Button>
      {error !== undefined && (
        <p role="alert" className="text-sm font-medium text-bad">
          {error}
        </p>
      )}
    </>
  );
}

function CodePage({ onReached, onOther }: { readonly onReached: Reach; readonly onOther: () => void }) {
  const { entry } = useEntryTexts();
  const advise = useAdvice();
  const { register, handleSubmit } = useForm<{ code: string }>();
  const proving = useMutation({
    mutationFn: ({ code }: { code: string }) => proveCode(code.trim()),
    onSuccess: onReached,
  });
  return (
    <EntryPage title={entry.codeTitle} hint={entry.codeHint}>
      <form onSubmit={(event) => void handleSubmit((values) => proving.mutate(values))(event)} className="grid gap-4">
        <TextField
          label={entry.code}
          autoComplete="one-time-code"
          required
          error={errorText(proving.error, entry.wrongCode, advise)}
          {...register('code')}
        />
        <Button type="submit" look="primary" isBusy={proving.isPending}>
          {entry.confirm}
        </Button>
        <Button look="quiet" onClick={onOther}>
          {entry.other}
        </Button>
      </form>
    </EntryPage>
  );
}

/** What is wrong, in our words where a proof was refused: the same for those who are unknown. */
export function errorText(error: unknown, wrong: string, advise: (error: unknown) => string): string | undefined {
  if (error === null || error === undefined) return undefined;
  const isRefused = error instanceof ApiProblem && (error.status === 401 || error.code === 'proof_refused');
  return isRefused ? wrong : advise(error);
}
