import { useState } from 'react';
import { Loading } from '../../ui/condition.tsx';
import { ChoiceField } from '../../ui/field.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useEndpoints } from '../webhooks/use-endpoints.ts';
import { useEventTexts } from './use-event-texts.ts';

/** Sends an event to an endpoint of choice, also to one that was never told of it. */
export function SendEventDialog({ eventId, onClose }: { readonly eventId: string; readonly onClose: () => void }) {
  const words = useEventTexts();
  const api = useApi();
  const { key } = useHere();
  const endpoints = useEndpoints();
  const [chosen, setChosen] = useState<string>();
  const endpointId = chosen ?? endpoints.data?.[0]?.id;
  const sending = useAct({
    run: (id: string, options) => api.notifications.resendEvent(eventId, { endpointId: id }, options),
    done: words.sent,
    refreshes: [key],
    saysErrors: true,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={words.sendTitle}
      hint={words.sendHint}
      verb={words.send}
      look="primary"
      act={{ error: sending.error ?? endpoints.error, isPending: sending.isPending }}
      whyNot={endpoints.data?.length === 0 ? words.noEndpoint : null}
      onConfirm={() => endpointId !== undefined && sending.mutate(endpointId)}
      onClose={onClose}
    >
      {endpoints.isPending && <Loading rows={1} />}
      {endpoints.data?.length === 0 && <p>{words.noEndpoint}</p>}
      {endpoints.data !== undefined && endpoints.data.length > 0 && (
        <ChoiceField
          label={words.endpoint}
          value={endpointId}
          onChange={(event) => setChosen(event.target.value)}
          choices={endpoints.data.map(({ id, url }) => ({ value: id, label: url }))}
        />
      )}
    </ConfirmDialog>
  );
}
