import { Button } from '../../ui/button.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useWebhookTexts } from './use-webhook-texts.ts';

/** Sends an event once more; pressed again where no answer came, it is still the same once more. */
export function ResendButton({ deliveryId }: { readonly deliveryId: string }) {
  const { deliveries: words } = useWebhookTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const resending = useAct({
    run: (_nothing, options) => api.notifications.resendDelivery(deliveryId, options),
    done: words.resent,
    refreshes: [key],
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
