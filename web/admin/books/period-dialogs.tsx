import type { ClosePeriod, ReopenPeriod } from '../../../sdk/src/api.generated.ts';
import { present } from '../../../src/kernel/assert.ts';
import { closePeriod, reopenPeriod } from '../../../src/periods/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { useShapeForm } from '../form/use-shape-form.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { monthName } from './month-name.ts';
import { useBookTexts } from './use-book-texts.ts';

interface PeriodDialogProps {
  readonly month: string;
  readonly onClose: () => void;
}

/** Closes a month; the server says where a note is needed. */
export function CloseDialog({ month, onClose }: PeriodDialogProps) {
  const { periods: words } = useBookTexts();
  const { locale } = useSpeech();
  const api = useApi();
  const { key } = useHere();
  const act = useAct({
    run: (body: ClosePeriod, options) => api.ledger.closePeriod(month, body, options),
    done: words.closed,
    refreshes: [[...key, 'periods']],
    onDone: onClose,
    saysErrors: true,
  });
  const form = useShapeForm<{ readonly note: string }, ClosePeriod>({
    shape: present(closePeriod.body, 'the shape'),
    defaults: { note: '' },
    toBody: ({ note }) => ({ note: note.trim() === '' ? null : note.trim() }),
    act,
  });
  return (
    <Dialog title={words.closeTitle(monthName(month, locale))} description={words.closeHint} isOpen onClose={onClose}>
      <form onSubmit={form.submit} className="grid gap-4" noValidate>
        <TextField label={words.closeNote} hint={words.closeNoteHint} {...form.field('note')} />
        <FormEnd form={form} verb={words.close} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

/** Opens the month that was closed last again. */
export function ReopenDialog({ month, onClose }: PeriodDialogProps) {
  const { periods: words } = useBookTexts();
  const { locale } = useSpeech();
  const api = useApi();
  const { key } = useHere();
  const act = useAct({
    run: (body: ReopenPeriod, options) => api.ledger.reopenPeriod(month, body, options),
    done: words.opened,
    refreshes: [[...key, 'periods']],
    onDone: onClose,
    saysErrors: true,
  });
  const form = useShapeForm<ReopenPeriod, ReopenPeriod>({
    shape: present(reopenPeriod.body, 'the shape'),
    defaults: { reason: '' },
    toBody: ({ reason }) => ({ reason: reason.trim() }),
    act,
  });
  return (
    <Dialog title={words.reopenTitle(monthName(month, locale))} description={words.reopenHint} isOpen onClose={onClose}>
      <form onSubmit={form.submit} className="grid gap-4" noValidate>
        <TextField label={words.reason} {...form.field('reason')} />
        <FormEnd form={form} verb={words.reopen} look="danger" onCancel={onClose} />
      </form>
    </Dialog>
  );
}
