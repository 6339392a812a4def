import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useForm } from 'react-hook-form';
import type { CreateWebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { createWebhookEndpoint } from '../../../src/notifications/api-endpoints.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { useAdvice } from '../failure.tsx';
import { useStepUp } from '../frame/step-up.tsx';
import { useHere } from '../frame/use-place.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { SecretShown } from './secret-shown.tsx';

interface EndpointForm {
  readonly url: string;
  readonly events: string;
  readonly description: string;
}

/** Adds an endpoint, then shows its secret for the only time. */
export function AddEndpointDialog({ onClose }: { readonly onClose: () => void }) {
  const { endpoints: words, ui } = useTexts();
  const { api, key } = useHere();
  const client = useQueryClient();
  const advise = useAdvice();
  const guarded = useStepUp();
  const idempotencyKey = useRef(crypto.randomUUID());
  const form = useForm<EndpointForm>({ defaultValues: { url: '', events: '*', description: '' } });
  const { errors } = form.formState;
  const adding = useMutation({
    mutationFn: (body: CreateWebhookEndpoint) =>
      guarded(() => api.notifications.createWebhookEndpoint(body, { idempotencyKey: idempotencyKey.current })),
    onSuccess: () => client.invalidateQueries({ queryKey: [...key, 'webhook-endpoints'] }),
    // What was refused is changed before it is sent again, and is another request then.
    onError: () => {
      idempotencyKey.current = crypto.randomUUID();
    },
  });
  const submit = form.handleSubmit(({ url, events, description }) => {
    const eventTypes = events.split(/[\s,]+/).filter(Boolean);
    const body = {
      url: url.trim(),
      eventTypes,
      ...(description.trim() === '' ? {} : { description: description.trim() }),
    };
    const issue = createWebhookEndpoint.body?.safeParse(body).error?.issues[0];
    if (issue === undefined) adding.mutate(body as CreateWebhookEndpoint);
    else form.setError(fieldOf(issue.path[0]), { message: issue.message });
  });
  if (adding.data !== undefined) {
    return (
      <Dialog title={words.secretTitle} isOpen onClose={onClose}>
        <SecretShown secret={adding.data.secret} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={words.add} description={words.addHint} isOpen onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <TextField
          label={words.url}
          hint={words.urlHint}
          type="url"
          inputMode="url"
          error={errors.url?.message}
          {...form.register('url')}
        />
        <TextField
          label={words.events}
          hint={words.eventHint}
          error={errors.events?.message}
          {...form.register('events')}
        />
        <TextField label={words.description} error={errors.description?.message} {...form.register('description')} />
        {adding.error !== null && (
          <p role="alert" className="font-medium text-bad">
            {advise(adding.error)}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" look="primary" isBusy={adding.isPending}>
            {words.doAdd}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function fieldOf(name: unknown): keyof EndpointForm {
  if (name === 'eventTypes') return 'events';
  return name === 'description' ? 'description' : 'url';
}
