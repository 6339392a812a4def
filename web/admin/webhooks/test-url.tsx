import { Button } from '../../ui/button.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { TrialView } from '../notifications/trial-view.tsx';
import { useEditorTexts } from './use-editor-texts.ts';

interface TestUrlProps {
  readonly endpointId: string;
  readonly whyNot: string | null;
}

/** Sends a test to an endpoint as it is saved, and shows every byte of it and of the answer. */
export function TestUrl({ endpointId, whyNot }: TestUrlProps) {
  const words = useEditorTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const testing = useAct({
    run: (id: string) => api.notifications.testWebhookEndpoint(id),
    refreshes: [[...key, 'webhook-endpoints']],
  });
  return (
    <div className="grid gap-3">
      <div>
        <Button
          icon="send"
          isBusy={testing.isPending}
          whyNot={may('webhook:execute') ? whyNot : ui.noPermissionHint('webhook:execute')}
          onClick={() => testing.mutate(endpointId)}
        >
          {words.test}
        </Button>
      </div>
      {testing.data !== undefined && <TrialView trial={testing.data} />}
    </div>
  );
}
