import { useState } from 'react';
import { ChoiceField } from '../../ui/field.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useWebhookTexts } from './use-webhook-texts.ts';

type What = 'all' | 'newest' | 'none';

interface ResumeDialogProps {
  readonly endpointId: string;
  readonly onClose: () => void;
}

/** Lets an endpoint be told again, and asks what of that which waited. */
export function ResumeDialog({ endpointId, onClose }: ResumeDialogProps) {
  const { endpoints: words } = useWebhookTexts();
  const api = useApi();
  const { key } = useHere();
  const [what, setWhat] = useState<What>('all');
  const resuming = useAct({
    run: (chosen: What) => api.notifications.resumeWebhookEndpoint(endpointId, { what: chosen }),
    done: words.resumed,
    refreshes: [[...key, 'webhook-endpoints']],
    onDone: onClose,
    saysErrors: true,
  });
  return (
    <ConfirmDialog
      title={words.resumeTitle}
      hint={words.resumeHint}
      verb={words.resume}
      look="primary"
      act={resuming}
      onConfirm={() => resuming.mutate(what)}
      onClose={onClose}
    >
      <ChoiceField
        label={words.resumeWhat}
        value={what}
        onChange={(event) => setWhat(event.target.value as What)}
        choices={[
          { value: 'all', label: words.resumeAll },
          { value: 'newest', label: words.resumeNewest },
          { value: 'none', label: words.resumeNone },
        ]}
      />
    </ConfirmDialog>
  );
}
