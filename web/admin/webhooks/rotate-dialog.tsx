import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField } from '../../ui/field.tsx';
import { useAdvice } from '../failure.tsx';
import { useStepUp } from '../frame/step-up.tsx';
import { useApi } from '../frame/use-api.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { SecretShown } from './secret-shown.tsx';

const HOUR_S = 3_600;
const DAY_S = 86_400;

interface RotateDialogProps {
  readonly endpointId: string;
  readonly onClose: () => void;
}

/** Gives an endpoint a new secret and shows it for the only time. */
export function RotateDialog({ endpointId, onClose }: RotateDialogProps) {
  const { endpoints: words, ui } = useTexts();
  const api = useApi();
  const advise = useAdvice();
  const guarded = useStepUp();
  const [overlapSeconds, setOverlap] = useState(DAY_S);
  const begun = useRef({ overlapSeconds, idempotencyKey: crypto.randomUUID() });
  const rotating = useMutation({
    mutationFn: () => {
      if (begun.current.overlapSeconds !== overlapSeconds) {
        begun.current = { overlapSeconds, idempotencyKey: crypto.randomUUID() };
      }
      const { idempotencyKey } = begun.current;
      return guarded(() => api.notifications.rotateWebhookSecret(endpointId, { overlapSeconds }, { idempotencyKey }));
    },
  });
  if (rotating.data?.secret != null) {
    return (
      <Dialog title={words.secretTitle} isOpen onClose={onClose}>
        <SecretShown secret={rotating.data.secret} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={words.rotateTitle} description={words.rotateHint} isOpen onClose={onClose}>
      <div className="grid gap-4">
        <ChoiceField
          label={words.overlap}
          value={String(overlapSeconds)}
          onChange={(event) => setOverlap(Number(event.target.value))}
          error={rotating.error === null ? undefined : advise(rotating.error)}
          choices={[
            { value: String(DAY_S), label: words.overlapDay },
            { value: String(HOUR_S), label: words.overlapHour },
            { value: '0', label: words.overlapNone },
          ]}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button look="danger" isBusy={rotating.isPending} onClick={() => rotating.mutate()}>
            {words.rotate}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
