import { useState } from 'react';
import type { RotateKeys } from '../../../sdk/src/api.generated.ts';
import { Progress } from '../../ui/progress.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useEncryptionTexts } from './use-encryption-texts.ts';
import { type RotationProgress, useRotation } from './use-rotation.ts';

interface RotateDialogProps {
  readonly title: string;
  readonly hint: string;
  readonly body: RotateKeys;
  readonly onClose: () => void;
}

/** Asks, then rotates and shows how far it has come. */
export function RotateDialog({ title, hint, body, onClose }: RotateDialogProps) {
  const words = useEncryptionTexts();
  const { locale } = useSpeech();
  const [progress, setProgress] = useState<RotationProgress | null>(null);
  const act = useRotation(setProgress, onClose);
  const number = new Intl.NumberFormat(locale);
  return (
    <ConfirmDialog
      title={title}
      hint={hint}
      verb={words.rotate}
      look="primary"
      act={act}
      onConfirm={() => act.mutate(body)}
      onClose={onClose}
    >
      {progress !== null && (
        <Progress
          label={words.underWay}
          done={progress.changed}
          total={progress.changed + progress.remaining}
          says={words.progress(number.format(progress.changed), number.format(progress.changed + progress.remaining))}
        />
      )}
    </ConfirmDialog>
  );
}
