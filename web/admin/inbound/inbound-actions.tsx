import { useState } from 'react';
import type { InboundEventWithRequest } from '../../../sdk/src/api.generated.ts';
import { INBOUND_TRANSITIONS, replayOf } from '../../../src/inbound/inbound-event.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { InboundTexts } from './texts-en.ts';
import { useInboundTexts } from './use-inbound-texts.ts';

interface ActionProps {
  readonly event: InboundEventWithRequest;
}

/** Run again and settle; what cannot be done says why, by the table of states. */
export function InboundActions({ event }: ActionProps) {
  const words = useInboundTexts();
  const { words: ui } = useSpeech();
  const { may } = useHere();
  const [open, setOpen] = useState<'again' | 'settle' | null>(null);
  const close = () => setOpen(null);
  const whyNot = may('inbound_event:execute') ? null : ui.noPermissionHint('inbound_event:execute');
  const isSettled = event.state === null || !INBOUND_TRANSITIONS[event.state].includes('resolved');
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          icon="refresh"
          whyNot={whyNot ?? whyNotAgain(event, words)}
          onClick={() => setOpen('again')}
        >
          {words.runAgain}
        </Button>
        <Button
          icon="check"
          whyNot={whyNot ?? (isSettled ? words.whyNotSettle : null)}
          onClick={() => setOpen('settle')}
        >
          {words.settle}
        </Button>
      </div>
      {open === 'again' && <RunAgain event={event} onClose={close} />}
      {open === 'settle' && <Settle event={event} onClose={close} />}
    </>
  );
}

function whyNotAgain(event: ActionProps['event'], { whyNotAgain: words }: InboundTexts): string | null {
  if (replayOf(event) !== 'nothing') return null;
  if (event.state === null) return words.refused;
  return event.state === 'pending' || event.state === 'resolved' ? words[event.state] : words.applied;
}

function RunAgain({ event, onClose }: ActionProps & { readonly onClose: () => void }) {
  const words = useInboundTexts();
  const api = useApi();
  const { key } = useHere();
  const running = useAct({
    run: () => api.providerNotifications.replayInboundEvent(event.id),
    done: words.ranAgain,
    refreshes: [key],
    saysErrors: true,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={words.runAgainTitle}
      hint={replayOf(event) === 'apply' ? words.applyHint : words.verifyHint}
      verb={words.runAgain}
      look="primary"
      act={running}
      onConfirm={() => running.mutate()}
      onClose={onClose}
    />
  );
}

function Settle({ event, onClose }: ActionProps & { readonly onClose: () => void }) {
  const words = useInboundTexts();
  const api = useApi();
  const { key } = useHere();
  const [note, setNote] = useState('');
  const [isMissing, setMissing] = useState(false);
  const settling = useAct({
    run: (text: string) => api.providerNotifications.resolveInboundEvent(event.id, { note: text }),
    done: words.settled,
    refreshes: [key],
    saysErrors: true,
    onDone: onClose,
  });
  const confirm = () => {
    const text = note.trim();
    setMissing(text === '');
    if (text !== '') settling.mutate(text);
  };
  return (
    <ConfirmDialog
      title={words.settleTitle}
      hint={words.settleHint}
      verb={words.settle}
      act={settling}
      onConfirm={confirm}
      onClose={onClose}
    >
      <TextField
        label={words.note}
        hint={words.noteHint}
        error={isMissing ? words.noteMissing : undefined}
        maxLength={1_000}
        value={note}
        onChange={(change) => setNote(change.target.value)}
      />
    </ConfirmDialog>
  );
}
