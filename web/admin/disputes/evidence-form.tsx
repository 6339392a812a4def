import { useState } from 'react';
import type { Dispute, SubmitEvidence } from '../../../sdk/src/api.generated.ts';
import { submitEvidence } from '../../../src/disputes/api.ts';
import { present } from '../../../src/kernel/assert.ts';
import { Button } from '../../ui/button.tsx';
import { TextAreaField } from '../../ui/field.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useShapeForm } from '../form/use-shape-form.ts';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useDisputeTexts } from './use-dispute-texts.ts';

interface EvidenceFormProps {
  readonly dispute: Dispute;
  readonly whyNot: string | null;
}

/** What a merchant says to a dispute; asked once more, because it cannot be taken back. */
export function EvidenceForm({ dispute, whyNot }: EvidenceFormProps) {
  const words = useDisputeTexts();
  const { words: ui, locale } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const [waiting, setWaiting] = useState<SubmitEvidence | null>(null);
  const sending = useAct({
    run: (body: SubmitEvidence, options) => api.disputes.submitEvidence(dispute.id, body, options),
    done: words.sent,
    refreshes: [[...key, 'disputes']],
    onDone: () => setWaiting(null),
    saysErrors: true,
  });
  const form = useShapeForm<{ readonly text: string }, SubmitEvidence>({
    shape: present(submitEvidence.body, 'the shape'),
    defaults: { text: '' },
    toBody: ({ text }) => ({ text: text.trim() }),
    act: { error: null, isPending: false, mutate: setWaiting },
  });
  const reason = may('dispute:update') ? whyNot : ui.noPermissionHint('dispute:update');
  const { length } = form.value('text').value;
  return (
    <section aria-label={words.answer} className="card p-4">
      <h2 className="font-semibold">{words.answer}</h2>
      {reason !== null ? (
        <p className="mt-2 text-muted">{reason}</p>
      ) : (
        <form onSubmit={form.submit} className="mt-3 grid gap-3" noValidate>
          <TextAreaField
            label={words.text}
            hint={`${words.textHint} ${words.characters(new Intl.NumberFormat(locale).format(length))}`}
            rows={8}
            {...form.field('text')}
          />
          <p className="text-sm text-muted">{words.accept}</p>
          <div className="flex justify-end">
            <Button type="submit" look="primary" icon="send">
              {words.send}
            </Button>
          </div>
        </form>
      )}
      {waiting !== null && (
        <ConfirmDialog
          title={words.sendTitle}
          hint={words.sendHint}
          verb={words.send}
          look="primary"
          act={sending}
          onConfirm={() => sending.mutate(waiting)}
          onClose={() => setWaiting(null)}
        />
      )}
    </section>
  );
}
