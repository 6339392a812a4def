import { useState } from 'react';
import type { Trial, WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { JsonView } from '../../ui/code-block.tsx';
import { Disclosure } from '../../ui/disclosure.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ResumeDialog } from './resume-dialog.tsx';
import { RotateDialog } from './rotate-dialog.tsx';
import { useWebhookTexts } from './use-webhook-texts.ts';

/** Test, pause, resume and a new secret. */
export function EndpointActions({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { endpoints: words } = useWebhookTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const [open, setOpen] = useState<'resume' | 'rotate' | null>(null);
  const refreshes = [[...key, 'webhook-endpoints']];
  const whyNot = (permission: 'webhook:update' | 'webhook:execute') =>
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
      </div>
      {testing.data !== undefined && <TrialResult trial={testing.data} />}
      {open === 'resume' && <ResumeDialog endpointId={endpoint.id} onClose={() => setOpen(null)} />}
      {open === 'rotate' && <RotateDialog endpointId={endpoint.id} onClose={() => setOpen(null)} />}
    </>
  );
}

function TrialResult({ trial }: { readonly trial: Trial }) {
  const { endpoints: words } = useWebhookTexts();
  return (
    <section role="status" className="card grid gap-2 p-4">
      <p className="flex flex-wrap items-center gap-2">
        <Badge
          tone={trial.passed ? 'good' : 'bad'}
          label={trial.passed ? words.passed(trial.response?.durationMs ?? 0) : words.notPassed}
        />
        {trial.problem}
      </p>
      <Disclosure title={words.trial}>
        <JsonView value={{ request: trial.request, response: trial.response }} label={words.trial} />
      </Disclosure>
    </section>
  );
}
