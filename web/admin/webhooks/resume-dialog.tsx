import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useAdvice } from '../failure.tsx';
import { useApi } from '../frame/use-api.ts';
import { useTexts } from '../texts/use-texts.tsx';

type What = 'all' | 'newest' | 'none';

interface ResumeDialogProps {
  readonly endpointId: string;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

/** Lets an endpoint be told again, and asks what of that which waited. */
export function ResumeDialog({ endpointId, onClose, onDone }: ResumeDialogProps) {
  const { endpoints: words, ui } = useTexts();
  const api = useApi();
  const tell = useToast();
  const advise = useAdvice();
  const [what, setWhat] = useState<What>('all');
  const resuming = useMutation({
    mutationFn: () => api.notifications.resumeWebhookEndpoint(endpointId, { what }),
    onSuccess: () => {
      tell(words.resumed);
      onClose();
    },
    onSettled: onDone,
  });
  return (
    <Dialog title={words.resumeTitle} description={words.resumeHint} isOpen onClose={onClose}>
      <div className="grid gap-4">
        <ChoiceField
          label={words.resumeWhat}
          value={what}
          onChange={(event) => setWhat(event.target.value as What)}
          error={resuming.error === null ? undefined : advise(resuming.error)}
          choices={[
            { value: 'all', label: words.resumeAll },
            { value: 'newest', label: words.resumeNewest },
            { value: 'none', label: words.resumeNone },
          ]}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button look="primary" isBusy={resuming.isPending} onClick={() => resuming.mutate()}>
            {words.resume}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
