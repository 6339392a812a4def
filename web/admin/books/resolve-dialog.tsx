import type { ResolveReconciliationException } from '../../../sdk/src/api.generated.ts';
import { present } from '../../../src/kernel/assert.ts';
import { resolveReconciliationException } from '../../../src/reconciliation/api.ts';
import { RESOLUTIONS } from '../../../src/reconciliation/exception.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { useShapeForm } from '../form/use-shape-form.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useBookTexts } from './use-book-texts.ts';

/** A person's decision about a difference, with its reason. */
export function ResolveDialog({
  exceptionId,
  onClose,
}: {
  readonly exceptionId: string;
  readonly onClose: () => void;
}) {
  const { exceptions: words, shared } = useBookTexts();
  const api = useApi();
  const { key } = useHere();
  const act = useAct({
    run: (body: ResolveReconciliationException, options) =>
      api.reconciliation.resolveException(exceptionId, body, options),
    done: words.resolved,
    refreshes: [[...key, 'reconciliation-exceptions']],
    onDone: onClose,
    saysErrors: true,
  });
  const form = useShapeForm<ResolveReconciliationException, ResolveReconciliationException>({
    shape: present(resolveReconciliationException.body, 'the shape'),
    defaults: { resolution: 'accepted', note: '' },
    toBody: ({ resolution, note }) => ({ resolution, note: note.trim() }),
    act,
  });
  return (
    <Dialog title={words.resolve} description={words.resolveHint} isOpen onClose={onClose}>
      <form onSubmit={form.submit} className="grid gap-4" noValidate>
        <ChoiceField
          label={words.resolution}
          choices={RESOLUTIONS.map((value) => ({ value, label: words.resolutions[value] }))}
          {...form.field('resolution')}
        />
        <TextField label={shared.note} hint={words.noteHint} {...form.field('note')} />
        <FormEnd form={form} verb={words.resolve} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
