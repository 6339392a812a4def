import { useState } from 'react';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField } from '../../ui/field.tsx';
import { SecretShown } from '../../ui/secret-shown.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useWebhookTexts } from './use-webhook-texts.ts';

const HOUR_S = 3_600;
const DAY_S = 86_400;

interface RotateDialogProps {
  readonly endpointId: string;
  readonly onClose: () => void;
}

/** Gives an endpoint a new secret and shows it for the only time. */
export function RotateDialog({ endpointId, onClose }: RotateDialogProps) {
  const { endpoints: words } = useWebhookTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const [overlapSeconds, setOverlap] = useState(DAY_S);
  const rotating = useAct({
    run: (overlap: number, options) =>
      api.notifications.rotateWebhookSecret(endpointId, { overlapSeconds: overlap }, options),
    saysErrors: true,
  });
  if (rotating.data?.secret != null) {
    return (
      <Dialog title={ui.secretTitle} isOpen onClose={onClose}>
        <SecretShown secret={rotating.data.secret} what={words.secret} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      title={words.rotateTitle}
      hint={words.rotateHint}
      verb={words.rotate}
      act={rotating}
      onConfirm={() => rotating.mutate(overlapSeconds)}
      onClose={onClose}
    >
      <ChoiceField
        label={words.overlap}
        value={String(overlapSeconds)}
        onChange={(event) => setOverlap(Number(event.target.value))}
        choices={[
          { value: String(DAY_S), label: words.overlapDay },
          { value: String(HOUR_S), label: words.overlapHour },
          { value: '0', label: words.overlapNone },
        ]}
      />
    </ConfirmDialog>
  );
}
