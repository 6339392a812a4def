import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AckFuse } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useEditorTexts } from './use-editor-texts.ts';

const LIVE_INTERVAL_MS = 5_000;

/** Whether money is given back where nobody acknowledges, or the fuse has stopped that. */
export function EndpointFuse({ endpointId }: { readonly endpointId: string }) {
  const words = useEditorTexts();
  const api = useApi();
  const { key } = useHere();
  const found = useQuery({
    queryKey: [...key, 'webhook-endpoints', endpointId, 'fuse'],
    queryFn: ({ signal }) => api.notifications.getAckFuse(endpointId, { signal }),
    refetchInterval: LIVE_INTERVAL_MS,
  });
  return (
    <section aria-label={words.fuse} className="card p-4">
      <ReadResult of={found} rows={2}>
        {(fuse) => <Fuse fuse={fuse} />}
      </ReadResult>
    </section>
  );
}

function Fuse({ fuse }: { readonly fuse: AckFuse }) {
  const words = useEditorTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const [isAsking, setAsking] = useState(false);
  const isOpen = fuse.status === 'open';
  const resetting = useAct({
    run: () => api.notifications.resetAckFuse(fuse.endpointId),
    done: words.fuseReset,
    refreshes: [[...key, 'webhook-endpoints']],
    saysErrors: true,
    onDone: () => setAsking(false),
  });
  const mayNot = may('webhook:update') ? null : ui.noPermissionHint('webhook:update');
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Badge tone={isOpen ? 'bad' : 'good'} label={isOpen ? words.fuseOpen : words.fuseClosed} />
      <span className="me-auto text-muted">
        {fuse.counted === 0 ? words.fuseFresh : words.fuseCounted(fuse.acknowledged, fuse.counted)}
      </span>
      <Button icon="refresh" whyNot={mayNot ?? (isOpen ? null : words.fuseWhyNot)} onClick={() => setAsking(true)}>
        {words.resetFuse}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={words.resetFuse}
          hint={words.resetFuseHint}
          verb={words.resetFuse}
          act={resetting}
          onConfirm={() => resetting.mutate()}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
