import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Passkey } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Time } from '../../ui/value.tsx';
import { canUsePasskeys, makePasskey } from '../entry/passkey.ts';
import { FormEnd } from '../form/form-end.tsx';
import { useShapeForm } from '../form/use-shape-form.ts';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useRefreshSession } from '../frame/use-refresh-session.ts';
import { useAccountTexts } from './use-account-texts.ts';

const REFRESHES = [['account']];

/** The passkeys that somebody has; more can be added, and each taken away but for the last way in. */
export function Passkeys() {
  const words = useAccountTexts();
  const api = useApi();
  const [isAdding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<Passkey | null>(null);
  const found = useQuery({
    queryKey: ['account', 'passkeys'],
    queryFn: ({ signal }) => api.yourAccount.listPasskeys({ signal }),
  });
  return (
    <section aria-label={words.passkeys} className="card grid gap-3 p-4">
      <div>
        <h2 className="font-semibold">{words.passkeys}</h2>
        <p className="text-sm text-muted">{words.passkeysHint}</p>
      </div>
      <ReadResult of={found} rows={2}>
        {({ data }) => (
          <ul className="grid">
            {data.length === 0 && <li className="text-muted">{words.noPasskeys}</li>}
            {data.map((passkey) => (
              <li key={passkey.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line py-2">
                <div className="me-auto min-w-0">
                  <p className="font-medium [overflow-wrap:anywhere]">{passkey.label}</p>
                  <p className="text-sm text-muted">
                    {words.added} <Time at={passkey.createdAt} /> · {words.lastUsed}{' '}
                    {passkey.lastUsedAt === null ? words.neverUsed : <Time at={passkey.lastUsedAt} />}
                  </p>
                </div>
                <Button
                  look="quiet"
                  aria-label={`${words.remove}: ${passkey.label}`}
                  onClick={() => setRemoved(passkey)}
                >
                  {words.remove}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </ReadResult>
      <div>
        <Button icon="lock" whyNot={canUsePasskeys() ? null : words.passkeysImpossible} onClick={() => setAdding(true)}>
          {words.addPasskey}
        </Button>
      </div>
      {isAdding && <AddPasskey onClose={() => setAdding(false)} />}
      {removed !== null && <RemovePasskey passkey={removed} onClose={() => setRemoved(null)} />}
    </section>
  );
}

interface Named {
  readonly label: string;
}

function AddPasskey({ onClose }: { readonly onClose: () => void }) {
  const words = useAccountTexts();
  const api = useApi();
  const refreshSession = useRefreshSession();
  const adding = useAct({
    run: async ({ label }: Named) => {
      const passkey = await makePasskey(await api.yourAccount.offerPasskey());
      if (passkey !== null) await api.yourAccount.addPasskey({ label, passkey: passkey as PasskeyAnswer });
      return passkey !== null;
    },
    done: (isMade) => (isMade ? words.passkeyAdded : words.passkeyNotMade),
    refreshes: REFRESHES,
    onDone: (isMade) => {
      void refreshSession();
      if (isMade) onClose();
    },
    saysErrors: true,
  });
  const form = useShapeForm<Named, Named>({
    defaults: { label: '' },
    toBody: ({ label }) => ({ label: label.trim() }),
    act: adding,
  });
  return (
    <Dialog title={words.addPasskey} description={words.passkeysHint} isOpen onClose={onClose}>
      <form onSubmit={form.submit} className="grid gap-4">
        <TextField
          label={words.passkeyName}
          hint={words.passkeyNameHint}
          maxLength={60}
          required
          {...form.field('label')}
        />
        <FormEnd form={form} verb={words.addPasskey} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

// What the browser answers is handed on as it is.
type PasskeyAnswer = Parameters<ReturnType<typeof useApi>['yourAccount']['addPasskey']>[0]['passkey'];

function RemovePasskey({ passkey, onClose }: { readonly passkey: Passkey; readonly onClose: () => void }) {
  const words = useAccountTexts();
  const api = useApi();
  const refreshSession = useRefreshSession();
  const removing = useAct({
    run: (id: string) => api.yourAccount.removePasskey(id),
    done: words.removed,
    refreshes: REFRESHES,
    onDone: () => {
      void refreshSession();
      onClose();
    },
    saysErrors: true,
  });
  return (
    <ConfirmDialog
      title={words.removePasskeyTitle(passkey.label)}
      hint={words.removePasskeyHint}
      verb={words.remove}
      act={removing}
      onConfirm={() => removing.mutate(passkey.id)}
      onClose={onClose}
    />
  );
}
