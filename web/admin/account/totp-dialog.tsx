import type { OfferedTotp } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { FirstCode, RecoveryCodeList } from '../entry/enroll-page.tsx';
import { useEntryTexts } from '../entry/use-entry-texts.ts';
import { useAccountTexts } from './use-account-texts.ts';

export type ShownTotp =
  | { readonly kind: 'offer'; readonly offer: OfferedTotp }
  | { readonly kind: 'codes'; readonly codes: readonly string[] };

interface TotpDialogProps {
  readonly shown: ShownTotp;
  /** There is an app already, which counts until the first code. */
  readonly isReplaced: boolean;
  readonly onCodes: (codes: readonly string[]) => void;
  readonly onClose: () => void;
}

/** The key of an app until its first code, then the recovery codes; each for the only time it is shown. */
export function TotpDialog({ shown, isReplaced, onCodes, onClose }: TotpDialogProps) {
  const words = useAccountTexts();
  const { entry } = useEntryTexts();
  const { words: ui } = useSpeech();
  if (shown.kind === 'offer') {
    const hint = isReplaced ? words.replaceHint : entry.totpHint;
    return (
      <Dialog title={words.setUpTotp} description={hint} isOpen onClose={onClose}>
        <FirstCode offer={shown.offer} onConfirmed={onCodes} />
      </Dialog>
    );
  }
  return (
    <Dialog title={entry.recoveryTitle} description={words.codesHint} isOpen onClose={onClose}>
      <div className="grid gap-4">
        <RecoveryCodeList codes={shown.codes} />
        <Button look="primary" onClick={onClose}>
          {ui.secretKept}
        </Button>
      </div>
    </Dialog>
  );
}
