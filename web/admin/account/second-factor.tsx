import { lazy, Suspense, useState } from 'react';
import type { Session } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useRefreshSession } from '../frame/use-refresh-session.ts';
import type { ShownTotp } from './totp-dialog.tsx';
import { useAccountTexts } from './use-account-texts.ts';

// It draws the key as a code to be scanned, which weighs more than all the rest here.
const TotpDialog = lazy(() => import('./totp-dialog.tsx').then((module) => ({ default: module.TotpDialog })));

const REFRESHES = [['account']];

type Shown = ShownTotp | { readonly kind: 'remove' | 'renew' };

/** The authenticator app, and the codes that stand in for it. */
export function SecondFactor({ waysIn }: { readonly waysIn: Session['waysIn'] }) {
  const words = useAccountTexts();
  const api = useApi();
  const refreshSession = useRefreshSession();
  const [shown, setShown] = useState<Shown | null>(null);
  const close = () => setShown(null);
  const offering = useAct({
    run: () => api.yourAccount.offerTotp(),
    onDone: (offer) => setShown({ kind: 'offer', offer }),
  });
  return (
    <section aria-label={words.totp} className="card grid gap-3 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="font-semibold">{words.totp}</h2>
        {waysIn.hasTotp && <Badge tone="good" label={words.hasTotp} />}
      </div>
      {!waysIn.hasTotp && <p className="text-muted">{words.noTotp}</p>}
      <div className="flex flex-wrap gap-2">
        <Button isBusy={offering.isPending} onClick={() => offering.mutate()}>
          {waysIn.hasTotp ? words.replaceTotp : words.setUpTotp}
        </Button>
        {waysIn.hasTotp && <Button onClick={() => setShown({ kind: 'remove' })}>{words.remove}</Button>}
      </div>
      {waysIn.hasTotp && (
        <div className="grid gap-2 border-t border-line pt-3">
          <h3 className="font-medium">{words.recovery}</h3>
          <p className="text-sm text-muted">{words.recoveryLeft(waysIn.recoveryCodesLeft)}</p>
          <div>
            <Button onClick={() => setShown({ kind: 'renew' })}>{words.renewCodes}</Button>
          </div>
        </div>
      )}
      <Suspense>
        {(shown?.kind === 'offer' || shown?.kind === 'codes') && (
          <TotpDialog
            shown={shown}
            isReplaced={waysIn.hasTotp}
            onCodes={(codes) => setShown({ kind: 'codes', codes })}
            onClose={() => {
              void refreshSession();
              close();
            }}
          />
        )}
      </Suspense>
      {shown?.kind === 'remove' && <RemoveTotp onClose={close} />}
      {shown?.kind === 'renew' && (
        <RenewCodes onClose={close} onCodes={(codes) => setShown({ kind: 'codes', codes })} />
      )}
    </section>
  );
}

function RemoveTotp({ onClose }: { readonly onClose: () => void }) {
  const words = useAccountTexts();
  const api = useApi();
  const removing = useAct({
    run: () => api.yourAccount.removeTotp(),
    done: words.removed,
    refreshes: REFRESHES,
    onDone: onClose,
    saysErrors: true,
  });
  return (
    <ConfirmDialog
      title={words.removeTotpTitle}
      hint={words.removeTotpHint}
      verb={words.remove}
      act={removing}
      onConfirm={() => removing.mutate()}
      onClose={onClose}
    />
  );
}

interface RenewCodesProps {
  readonly onClose: () => void;
  readonly onCodes: (codes: readonly string[]) => void;
}

function RenewCodes({ onClose, onCodes }: RenewCodesProps) {
  const words = useAccountTexts();
  const api = useApi();
  const renewing = useAct({
    run: () => api.yourAccount.renewRecoveryCodes(),
    refreshes: REFRESHES,
    onDone: ({ recoveryCodes }) => onCodes(recoveryCodes),
    saysErrors: true,
  });
  return (
    <ConfirmDialog
      title={words.renewTitle}
      hint={words.renewHint}
      verb={words.renewCodes}
      act={renewing}
      onConfirm={() => renewing.mutate()}
      onClose={onClose}
    />
  );
}
