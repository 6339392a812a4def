import { lazy, Suspense, useState } from 'react';
import type { CredentialsTest, ProviderAccount } from '../../../sdk/src/api.generated.ts';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useProviderTexts } from './use-provider-texts.ts';

const RotateDialog = lazy(() =>
  import('./rotate-account-dialog.tsx').then((module) => ({ default: module.RotateAccountDialog })),
);
const EditDialog = lazy(() =>
  import('./edit-account-dialog.tsx').then((module) => ({ default: module.EditAccountDialog })),
);

/** What can be done with an account: test, edit, rotate, disable or enable. */
export function AccountActions({ account }: { readonly account: ProviderAccount }) {
  const words = useProviderTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const [open, setOpen] = useState<'rotate' | 'edit' | 'disable' | null>(null);
  const close = () => setOpen(null);
  const whyNot = (permission: Permission) => (may(permission) ? null : ui.noPermissionHint(permission));
  const notServed = account.capabilities === null ? words.notServed : null;
  const testing = useAct({
    run: () => api.providerAccounts.test(account.id),
    refreshes: [[...key, 'provider-accounts']],
  });
  const enabling = useAct({
    run: (_: null, options) => api.providerAccounts.enable(account.id, options),
    refreshes: [[...key, 'provider-accounts']],
    done: words.enabled,
  });
  const changes = whyNot('provider-account:update');
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          icon="send"
          isBusy={testing.isPending}
          whyNot={whyNot('provider-account:execute') ?? notServed}
          onClick={() => testing.mutate(undefined)}
        >
          {words.test}
        </Button>
        <Button whyNot={changes} onClick={() => setOpen('edit')}>
          {words.edit}
        </Button>
        <Button icon="lock" whyNot={changes ?? notServed} onClick={() => setOpen('rotate')}>
          {words.rotate}
        </Button>
        {account.status === 'active' ? (
          <Button icon="pause" whyNot={changes} onClick={() => setOpen('disable')}>
            {words.disable}
          </Button>
        ) : (
          <Button icon="right" whyNot={changes} isBusy={enabling.isPending} onClick={() => enabling.mutate(null)}>
            {words.enable}
          </Button>
        )}
      </div>
      {testing.data !== undefined && <TestResult result={testing.data} />}
      <Suspense>
        {open === 'rotate' && <RotateDialog account={account} onClose={close} />}
        {open === 'edit' && <EditDialog account={account} onClose={close} />}
      </Suspense>
      {open === 'disable' && <DisableDialog accountId={account.id} onClose={close} />}
    </>
  );
}

function DisableDialog({ accountId, onClose }: { readonly accountId: string; readonly onClose: () => void }) {
  const words = useProviderTexts();
  const api = useApi();
  const { key } = useHere();
  const disabling = useAct({
    run: (_: null, options) => api.providerAccounts.disable(accountId, options),
    refreshes: [[...key, 'provider-accounts']],
    done: words.disabled,
    onDone: onClose,
    saysErrors: true,
  });
  return (
    <ConfirmDialog
      title={words.disableTitle}
      hint={words.disableHint}
      verb={words.disable}
      keep={words.keep}
      act={disabling}
      onConfirm={() => disabling.mutate(null)}
      onClose={onClose}
    />
  );
}

const TONES: Readonly<Record<CredentialsTest['outcome'], Tone>> = {
  accepted: 'good',
  refused: 'bad',
  not_sent: 'warn',
  unknown: 'warn',
};

function TestResult({ result: { outcome, code, message } }: { readonly result: CredentialsTest }) {
  const words = useProviderTexts();
  return (
    <section role="status" className="card grid gap-2 p-4">
      <p>
        <Badge tone={TONES[outcome]} label={words.testing[outcome]} />
      </p>
      <p>{words.testHints[outcome]}</p>
      {(message !== undefined || code !== undefined) && (
        <p className="text-sm text-muted [overflow-wrap:anywhere]">
          {message}
          {code !== undefined && (
            <>
              {' '}
              {words.code}: <code className="font-mono">{code}</code>
            </>
          )}
        </p>
      )}
    </section>
  );
}
