import { useNavigate } from '@tanstack/react-router';
import type { WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useEditorTexts } from './use-editor-texts.ts';

interface DeleteEndpointDialogProps {
  readonly endpoint: WebhookEndpoint;
  readonly onClose: () => void;
}

/** Deletes an endpoint, and leads back to the others. */
export function DeleteEndpointDialog({ endpoint, onClose }: DeleteEndpointDialogProps) {
  const words = useEditorTexts();
  const api = useApi();
  const { key, place } = useHere();
  const navigate = useNavigate();
  const removing = useAct({
    run: () => api.notifications.deleteWebhookEndpoint(endpoint.id),
    done: words.removed,
    refreshes: [[...key, 'webhook-endpoints']],
    saysErrors: true,
    onDone: () => void navigate({ to: '/$tenantId/$mode/webhooks', params: place }),
  });
  return (
    <ConfirmDialog
      title={words.removeTitle}
      hint={words.removeHint}
      verb={words.remove}
      act={removing}
      onConfirm={() => removing.mutate()}
      onClose={onClose}
    >
      <code className="text-sm [overflow-wrap:anywhere]">{endpoint.url}</code>
    </ConfirmDialog>
  );
}
