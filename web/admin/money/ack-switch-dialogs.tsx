import type { DeclareRestored, SwitchAckReversals } from '../../../sdk/src/api.generated.ts';
import { declareRestored, switchAckReversals } from '../../../src/acknowledgments/api.ts';
import { present } from '../../../src/kernel/assert.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { useShapeForm } from '../form/use-shape-form.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { useMoneyTexts } from './use-money-texts.ts';

interface SwitchForm {
  readonly position: 'on' | 'off';
  readonly tenantId: string;
  readonly reason: string;
}

/** Stops all reversals, or those of one tenant, or lets them go on. */
export function SwitchDialog({ turnsOn, onClose }: { readonly turnsOn: boolean; readonly onClose: () => void }) {
  const { killSwitch: words } = useMoneyTexts();
  const api = useApi();
  const { key } = useAnywhere();
  const act = useAct({
    run: (body: SwitchAckReversals) => api.operator.switchAckReversals(body),
    done: (_answer, { enabled }) => (enabled ? words.switchedOn : words.switchedOff),
    refreshes: [[...key, 'ack-reversals']],
    onDone: onClose,
    saysErrors: true,
  });
  const form = useShapeForm<SwitchForm, SwitchAckReversals>({
    shape: present(switchAckReversals.body, 'the shape'),
    defaults: { position: turnsOn ? 'on' : 'off', tenantId: '', reason: '' },
    toBody: ({ position, tenantId, reason }) => ({
      ...(tenantId.trim() === '' ? {} : { tenantId: tenantId.trim() }),
      enabled: position === 'on',
      reason: reason.trim(),
    }),
    act,
  });
  const isOn = form.value('position').value === 'on';
  return (
    <Dialog
      title={isOn ? words.onTitle : words.offTitle}
      description={isOn ? words.onHint : words.offHint}
      isOpen
      onClose={onClose}
    >
      <form onSubmit={form.submit} className="grid gap-4" noValidate>
        <ChoiceField
          label={words.position}
          choices={[
            { value: 'off', label: words.off },
            { value: 'on', label: words.on },
          ]}
          {...form.field('position')}
        />
        <TextField label={`${words.tenantId} (${words.scopeAll})`} {...form.field('tenantId')} />
        <TextField label={words.reason} hint={words.reasonHint} {...form.field('reason')} />
        <FormEnd
          form={form}
          verb={isOn ? words.turnOn : words.turnOff}
          look={isOn ? 'primary' : 'danger'}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}

/** After a restored backup: nothing from before fires by itself any more. */
export function RestoredDialog({ onClose }: { readonly onClose: () => void }) {
  const { killSwitch: words } = useMoneyTexts();
  const api = useApi();
  const { key } = useAnywhere();
  const act = useAct({
    run: (body: DeclareRestored) => api.operator.declareRestored(body),
    done: words.restoredDone,
    refreshes: [[...key, 'ack-reversals']],
    onDone: onClose,
    saysErrors: true,
  });
  const form = useShapeForm<{ readonly reason: string }, DeclareRestored>({
    shape: present(declareRestored.body, 'the shape'),
    defaults: { reason: '' },
    toBody: ({ reason }) => ({ reason: reason.trim() }),
    act,
  });
  return (
    <Dialog title={words.restoredTitle} description={words.restoredHint} isOpen onClose={onClose}>
      <form onSubmit={form.submit} className="grid gap-4" noValidate>
        <TextField label={words.reason} hint={words.reasonHint} {...form.field('reason')} />
        <FormEnd form={form} verb={words.restored} look="danger" onCancel={onClose} />
      </form>
    </Dialog>
  );
}
