import type {
  ApprovalRequested,
  CreatedWebhookEndpoint,
  CreateWebhookEndpoint,
} from '../../../sdk/src/api.generated.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { SecretShown } from '../../ui/secret-shown.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { isApprovalRequested } from '../api/approval-requested.ts';
import { FormEnd } from '../form/form-end.tsx';
import { useShapeForm } from '../form/use-shape-form.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { useWebhookTexts } from './use-webhook-texts.ts';

interface EndpointForm {
  readonly url: string;
  readonly eventTypes: string;
  readonly description: string;
}

/** Adds an endpoint, then shows its secret for the only time. */
export function AddEndpointDialog({ onClose }: { readonly onClose: () => void }) {
  const { endpoints: words } = useWebhookTexts();
  const api = useApi();
  const { key } = useHere();
  const adding = useAct({
    run: (body: CreateWebhookEndpoint, options) => api.notifications.createWebhookEndpoint(body, options),
    refreshes: [[...key, 'webhook-endpoints']],
    saysErrors: true,
  });
  const form = useShapeForm<EndpointForm, CreateWebhookEndpoint>({
    defaults: { url: '', eventTypes: '*', description: '' },
    toBody: ({ url, eventTypes, description }) => ({
      ...{
        url: url.trim(),
        eventTypes: eventTypes.split(/[\s,]+/).filter(Boolean) as CreateWebhookEndpoint['eventTypes'],
      },
      ...(description.trim() === '' ? {} : { description: description.trim() }),
    }),
    act: adding,
  });
  if (adding.data !== undefined) return <Added answer={adding.data} onClose={onClose} />;
  return (
    <Dialog title={words.add} description={words.addHint} isOpen onClose={onClose}>
      <form onSubmit={form.submit} className="grid gap-4" noValidate>
        <TextField label={words.url} hint={words.urlHint} type="url" inputMode="url" {...form.field('url')} />
        <TextField label={words.events} hint={words.eventHint} {...form.field('eventTypes')} />
        <TextField label={words.description} {...form.field('description')} />
        <FormEnd form={form} verb={words.doAdd} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

interface AddedProps {
  readonly answer: CreatedWebhookEndpoint | ApprovalRequested;
  readonly onClose: () => void;
}

function Added({ answer, onClose }: AddedProps) {
  const { endpoints: words } = useWebhookTexts();
  const { words: ui } = useSpeech();
  const { problem } = useTexts();
  return (
    <Dialog title={ui.secretTitle} isOpen onClose={onClose}>
      {isApprovalRequested(answer) ? (
        <p>{problem.approval}</p>
      ) : (
        <SecretShown secret={answer.secret} what={words.secret} onDone={onClose} />
      )}
    </Dialog>
  );
}
