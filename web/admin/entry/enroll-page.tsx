import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { Button } from '../../ui/button.tsx';
import { Loading } from '../../ui/condition.tsx';
import { CheckField, TextField } from '../../ui/field.tsx';
import { Copyable } from '../../ui/value.tsx';
import { confirmTotp, type OfferedTotp, offerTotp } from '../api/entry.ts';
import { Failure, useAdvice } from '../failure.tsx';
import { useTexts } from '../texts/use-texts.tsx';
import { EntryPage } from './entry-page.tsx';
import { errorText } from './entry-steps.tsx';
import { QrCode } from './qr-code.tsx';
import { useEntryTexts } from './use-entry-texts.ts';

/** Sets up the authenticator app by its first code, then shows the recovery codes for the only time. */
export function EnrollPage({ onDone }: { readonly onDone: () => Promise<void> }) {
  const { entry } = useEntryTexts();
  // Once: another offer would make the key worthless that the app has just been given.
  const offer = useQuery({ queryKey: ['enroll'], queryFn: offerTotp, staleTime: Number.POSITIVE_INFINITY, gcTime: 0 });
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (codes !== null) return <RecoveryCodes codes={codes} onDone={onDone} />;
  return (
    <EntryPage title={entry.totpTitle} hint={entry.totpHint}>
      {offer.isPending && <Loading />}
      {offer.isError && <Failure error={offer.error} onRetry={() => void offer.refetch()} />}
      {offer.data !== undefined && <FirstCode offer={offer.data} onConfirmed={setCodes} />}
    </EntryPage>
  );
}

interface FirstCodeProps {
  readonly offer: OfferedTotp;
  readonly onConfirmed: (codes: readonly string[]) => void;
}

/** Makes an authenticator app count by its first code. */
export function FirstCode({ offer, onConfirmed }: FirstCodeProps) {
  const { entry } = useEntryTexts();
  const advise = useAdvice();
  const { register, handleSubmit } = useForm<{ code: string }>();
  const confirming = useMutation({
    mutationFn: ({ code }: { code: string }) => confirmTotp(offer.enrollment, code.trim()),
    onSuccess: ({ recoveryCodes }) => onConfirmed(recoveryCodes),
  });
  return (
    <form onSubmit={(event) => void handleSubmit((values) => confirming.mutate(values))(event)} className="grid gap-4">
      <QrCode text={offer.uri} label={entry.qr} />
      <div>
        <p className="text-sm text-muted">{entry.totpKey}</p>
        <Copyable text={offer.secret} what={entry.totpKey} />
      </div>
      <a href={offer.uri} className="text-accent underline underline-offset-2">
        {entry.openApp}
      </a>
      <TextField
        label={entry.code}
        inputMode="numeric"
        autoComplete="one-time-code"
        required
        error={errorText(confirming.error, entry.wrongCode, advise)}
        {...register('code')}
      />
      <Button type="submit" look="primary" isBusy={confirming.isPending}>
        {entry.confirm}
      </Button>
    </form>
  );
}

/** Recovery codes for the only time they are shown. */
export function RecoveryCodeList({ codes }: { readonly codes: readonly string[] }) {
  const { ui } = useTexts();
  return (
    <>
      <ul className="grid grid-cols-2 gap-x-4 gap-y-1 rounded-md bg-sunken p-4 font-mono text-sm">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Button icon="copy" onClick={() => void navigator.clipboard.writeText(codes.join('\n'))}>
        {ui.copy}
      </Button>
    </>
  );
}

function RecoveryCodes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => Promise<void> }) {
  const { entry } = useEntryTexts();
  const [isSaved, setSaved] = useState(false);
  return (
    <EntryPage title={entry.recoveryTitle} hint={entry.recoveryHint}>
      <RecoveryCodeList codes={codes} />
      <CheckField label={entry.recoverySaved} checked={isSaved} onChange={(event) => setSaved(event.target.checked)} />
      <Button look="primary" whyNot={isSaved ? null : entry.recoveryHint} onClick={() => void onDone()}>
        {entry.finish}
      </Button>
    </EntryPage>
  );
}
