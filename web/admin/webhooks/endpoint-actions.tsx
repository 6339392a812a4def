import { lazy, Suspense, useState } from 'react';
import type { WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { TrialView } from '../notifications/trial-view.tsx';
import { EndpointLinks } from './endpoint-links.tsx';
import { useWebhookTexts } from './use-webhook-texts.ts';

const DeleteEndpointDialog = lazy(() =>
  import('./delete-endpoint-dialog.tsx').then((module) => ({ default: module.DeleteEndpointDialog })),
);
const ResumeDialog = lazy(() => import('./resume-dialog.tsx').then((module) => ({ default: module.ResumeDialog })));
const RotateDialog = lazy(() => import('./rotate-dialog.tsx').then((module) => ({ default: module.RotateDialog })));

/** Everything that can be done with an endpoint. */
export function EndpointActions({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { endpoints: words } = useWebhookTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const [open, setOpen] = useState<'resume' | 'rotate' | 'delete' | null>(null);
  const refreshes = [[...key, 'webhook-endpoints']];
  const whyNot = (permission: 'webhook:update' | 'webhook:execute' | 'webhook:delete') =>
    may(permission) ? null : ui.noPermissionHint(permission);
  const testing = useAct({ run: () => api.notifications.testWebhookEndpoint(endpoint.id), refreshes });
  const pausing = useAct({
    run: () => api.notifications.pauseWebhookEndpoint(endpoint.id),
    done: words.paused,
    refreshes,
  });
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          icon="send"
          isBusy={testing.isPending}
          whyNot={whyNot('webhook:execute')}
          onClick={() => testing.mutate()}
        >
          {words.test}
        </Button>
        {endpoint.status === 'active' ? (
          <Button
            icon="pause"
            isBusy={pausing.isPending}
            whyNot={whyNot('webhook:update')}
            onClick={() => pausing.mutate()}
          >
            {words.pause}
          </Button>
        ) : (
          <Button icon="right" whyNot={whyNot('webhook:update')} onClick={() => setOpen('resume')}>
            {words.resume}
          </Button>
        )}
        <Button icon="lock" whyNot={whyNot('webhook:update')} onClick={() => setOpen('rotate')}>
          {words.rotate}
        </Button>
        <EndpointLinks endpointId={endpoint.id} />
        <Button icon="cross" whyNot={whyNot('webhook:delete')} onClick={() => setOpen('delete')}>
          {words.remove}
        </Button>
      </div>
      {testing.data !== undefined && <TrialView trial={testing.data} />}
      <Suspense>
        {open === 'resume' && <ResumeDialog endpointId={endpoint.id} onClose={() => setOpen(null)} />}
        {open === 'delete' && <DeleteEndpointDialog endpoint={endpoint} onClose={() => setOpen(null)} />}
        {open === 'rotate' && <RotateDialog endpointId={endpoint.id} onClose={() => setOpen(null)} />}
      </Suspense>
    </>
  );
}
