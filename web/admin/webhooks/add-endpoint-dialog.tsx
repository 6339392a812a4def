import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useForm } from 'react-hook-form';
import type { CreateWebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { isApprovalRequested } from '../api/approval-requested.ts';
import { ApiProblem } from '../api/problem.ts';
import { useAdvice } from '../failure.tsx';
import { useStepUp } from '../frame/step-up.tsx';
import { useApi } from '../frame/use-api.ts';
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
  const { endpoints: words, problem, ui } = useTexts();
  const api = useApi();
  const { key } = useHere();
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
    onError: (error) => {
      // One that got no answer is sent again as it was; one that was refused is changed first, and is another then.
      if (!(error instanceof ApiProblem) || error.status === 0) return;
      idempotencyKey.current = crypto.randomUUID();
      for (const { pointer, detail } of error.errors) form.setError(fieldOf(pointer), { message: detail });
    },
  });
  const submit = form.handleSubmit(({ url, events, description }) => {
    const named = description.trim() === '' ? {} : { description: description.trim() };
    const eventTypes = events.split(/[\s,]+/).filter(Boolean) as CreateWebhookEndpoint['eventTypes'];
    adding.mutate({ url: url.trim(), eventTypes, ...named });
  });
  if (adding.data !== undefined) {
    return (
      <Dialog title={words.secretTitle} isOpen onClose={onClose}>
        {isApprovalRequested(adding.data) ? (
          <p>{problem.approval}</p>
        ) : (
          <SecretShown secret={adding.data.secret} onDone={onClose} />
        )}
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
        {adding.error !== null && Object.keys(errors).length === 0 && (
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

/** The field that a rule of the API is about, by its JSON pointer. */
function fieldOf(pointer: string): keyof EndpointForm {
  if (pointer.includes('/eventTypes')) return 'events';
  return pointer.includes('/description') ? 'description' : 'url';
}
