import { useForm } from 'react-hook-form';
import type { ProviderAccount, UpdateProviderAccount } from '../../../sdk/src/api.generated.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { placeErrors } from '../form/place-errors.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useProviderTexts } from './use-provider-texts.ts';

interface EditForm {
  readonly name: string;
  readonly priority: string;
  readonly cutOff: 'none' | 'after' | 'daily';
  readonly afterSeconds: string;
  readonly dailyAt: string;
  readonly timeZone: string;
}

interface EditAccountProps {
  readonly account: ProviderAccount;
  readonly onClose: () => void;
}

/** Name, priority, and until when captures are reversed. */
export function EditAccountDialog({ account, onClose }: EditAccountProps) {
  const words = useProviderTexts();
  const api = useApi();
  const { key } = useHere();
  const endOf = useFormEnd();
  const form = useForm<EditForm>({ defaultValues: valuesOf(account) });
  const { errors } = form.formState;
  const saving = useAct({
    run: (body: UpdateProviderAccount) => api.providerAccounts.update(account.id, body),
    refreshes: [[...key, 'provider-accounts']],
    done: words.saved,
    onDone: onClose,
    saysErrors: true,
    onRefused: (error) => {
      for (const { name, message } of placeErrors(error, ['name', 'priority', 'reversalCutOff'] as const)) {
        form.setError(name === 'reversalCutOff' ? 'cutOff' : name, { message }, { shouldFocus: true });
      }
    },
  });
  const submit = form.handleSubmit((values) => {
    const { name, priority } = values;
    const maker = account.capabilities?.reversal === true ? { reversalCutOff: cutOffOf(values) } : {};
    saving.mutate({ name: name.trim(), priority: Number(priority), ...maker });
  });
  const kind = form.watch('cutOff');
  return (
    <Dialog title={words.editTitle} isOpen onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <TextField label={words.name} error={errors.name?.message} {...form.register('name')} />
        <TextField
          label={words.priority}
          hint={words.priorityHint}
          inputMode="numeric"
          error={errors.priority?.message}
          {...form.register('priority')}
        />
        {account.capabilities?.reversal === true && (
          <ChoiceField
            label={words.cutOff}
            hint={words.cutOffHint}
            error={errors.cutOff?.message}
            choices={Object.entries(words.cutOffs).map(([value, label]) => ({ value, label }))}
            {...form.register('cutOff')}
          />
        )}
        {kind === 'after' && (
          <TextField label={words.cutOffSeconds} inputMode="numeric" {...form.register('afterSeconds')} />
        )}
        {kind === 'daily' && (
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField label={words.cutOffTime} placeholder="22:30" {...form.register('dailyAt')} />
            <TextField label={words.cutOffZone} placeholder="Africa/Johannesburg" {...form.register('timeZone')} />
          </div>
        )}
        <FormEnd verb={words.save} form={endOf(saving, errors)} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

function valuesOf({ name, priority, reversalCutOff }: ProviderAccount): EditForm {
  const blank = { afterSeconds: '86400', dailyAt: '', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  const common = { name, priority: String(priority), ...blank };
  if (reversalCutOff === null) return { ...common, cutOff: 'none' };
  return 'afterSeconds' in reversalCutOff
    ? { ...common, cutOff: 'after', afterSeconds: String(reversalCutOff.afterSeconds) }
    : { ...common, cutOff: 'daily', ...reversalCutOff };
}

function cutOffOf({ cutOff, afterSeconds, dailyAt, timeZone }: EditForm): ProviderAccount['reversalCutOff'] {
  if (cutOff === 'none') return null;
  return cutOff === 'after' ? { afterSeconds: Number(afterSeconds) } : { dailyAt, timeZone: timeZone.trim() };
}
