import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Trial, WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { useToast } from '../../ui/toast.tsx';
import { JsonView } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useAdvice } from '../failure.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { ResumeDialog } from './resume-dialog.tsx';
import { RotateDialog } from './rotate-dialog.tsx';

/** Test, pause, resume and a new secret. */
export function EndpointActions({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { endpoints: words } = useTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const client = useQueryClient();
  const tell = useToast();
  const advise = useAdvice();
  const [open, setOpen] = useState<'resume' | 'rotate' | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: [...key, 'webhook-endpoints'] });
  const whyNot = (permission: 'webhook:update' | 'webhook:execute') =>
    may(permission) ? null : ui.noPermissionHint(permission);
  const testing = useMutation({
    mutationFn: () => api.notifications.testWebhookEndpoint(endpoint.id),
    onError: (error) => tell(advise(error), 'bad'),
    onSettled: refresh,
  });
  const pausing = useMutation({
    mutationFn: () => api.notifications.pauseWebhookEndpoint(endpoint.id),
    onSuccess: () => tell(words.paused),
    onError: (error) => tell(advise(error), 'bad'),
    onSettled: refresh,
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
      {open === 'resume' && <ResumeDialog endpointId={endpoint.id} onClose={() => setOpen(null)} onDone={refresh} />}
      {open === 'rotate' && <RotateDialog endpointId={endpoint.id} onClose={() => setOpen(null)} />}
    </>
  );
}

function TrialResult({ trial }: { readonly trial: Trial }) {
  const { endpoints: words } = useTexts();
  return (
    <section role="status" className="card grid gap-2 p-4">
      <p className="flex flex-wrap items-center gap-2">
        <Badge
          tone={trial.passed ? 'good' : 'bad'}
          label={trial.passed ? words.passed(trial.response?.durationMs ?? 0) : words.notPassed}
        />
        {trial.problem}
      </p>
      <details>
        <summary className="inline-flex min-h-8 items-center text-sm text-muted underline-offset-2 hover:underline">
          {words.trial}
        </summary>
        <JsonView value={{ request: trial.request, response: trial.response }} label={words.trial} />
      </details>
    </section>
  );
}
