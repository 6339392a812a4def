import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { Button } from '../../ui/button.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ApiProblem } from '../api/problem.ts';
import { useAdvice } from '../failure.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useTexts } from '../texts/use-texts.tsx';

/** Sends an event once more; pressed again where no answer came, it is still the same once more. */
export function ResendButton({ deliveryId }: { readonly deliveryId: string }) {
  const { deliveries: words } = useTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const client = useQueryClient();
  const tell = useToast();
  const advise = useAdvice();
  const idempotencyKey = useRef<string>(undefined);
  const resending = useMutation({
    mutationFn: () => {
      idempotencyKey.current ??= crypto.randomUUID();
      return api.notifications.resendDelivery(deliveryId, { idempotencyKey: idempotencyKey.current });
    },
    onSuccess: () => {
      tell(words.resent);
      return client.invalidateQueries({ queryKey: key });
    },
    onError: (error) => tell(advise(error), 'bad'),
    onSettled: (_answer, error) => {
      if (!(error instanceof ApiProblem) || error.status !== 0) idempotencyKey.current = undefined;
    },
  });
  return (
    <Button
      icon="send"
      isBusy={resending.isPending}
      whyNot={may('webhook:execute') ? null : ui.noPermissionHint('webhook:execute')}
      onClick={() => resending.mutate()}
    >
      {words.resend}
    </Button>
  );
}
