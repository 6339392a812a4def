import { type UseFormReturn, useFieldArray, useForm } from 'react-hook-form';
import type { ProviderAccount, RoutingChanges } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { placeErrors } from '../form/place-errors.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { type RulesForm, rulesOf, valuesOf } from './rules-form.ts';
import { useRoutingTexts } from './use-routing-texts.ts';

interface RulesDialogProps {
  readonly account: ProviderAccount;
  readonly onClose: () => void;
}

/** The form's name for what the API calls so. */
const NAMES = {
  priority: 'priority',
  'routing.weight': 'weight',
  'routing.currencies': 'currencies',
  'routing.methods': 'methods',
  'routing.amounts': 'root.amounts',
} as const;

/** Where an account stands in the order, and which payments it takes. */
export function RulesDialog({ account, onClose }: RulesDialogProps) {
  const words = useRoutingTexts();
  const api = useApi();
  const { key } = useHere();
  const endOf = useFormEnd();
  const form = useForm<RulesForm>({ defaultValues: valuesOf(account) });
  const { errors } = form.formState;
  const saving = useAct({
    run: (body: { readonly priority: number; readonly routing: RoutingChanges }) =>
      api.providerAccounts.update(account.id, body),
    refreshes: [[...key, 'provider-accounts']],
    done: words.saved,
    onDone: onClose,
    saysErrors: true,
    onRefused: (error) => {
      for (const { name, message } of placeErrors(error, Object.keys(NAMES) as (keyof typeof NAMES)[])) {
        form.setError(NAMES[name], { message });
      }
    },
  });
  const submit = form.handleSubmit((values) => {
    const routing = rulesOf(values);
    if (typeof routing === 'number') form.setError(`amounts.${routing}.currency`, { message: words.wrongAmount });
    else saving.mutate({ priority: Number(values.priority), routing });
  });
  return (
    <Dialog title={words.editOf(account.name)} description={words.rulesHint} isOpen onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <TextField
            label={words.priority}
            inputMode="numeric"
            error={errors.priority?.message}
            {...form.register('priority')}
          />
          <TextField
            label={words.weight}
            hint={words.weightHint}
            inputMode="numeric"
            error={errors.weight?.message}
            {...form.register('weight')}
          />
        </div>
        <TextField
          label={words.currencies}
          hint={words.currenciesHint}
          error={errors.currencies?.message}
          {...form.register('currencies')}
        />
        <TextField
          label={words.methods}
          hint={words.methodsHint(account.provider)}
          error={errors.methods?.message}
          {...form.register('methods')}
        />
        <AmountRows form={form} />
        <FormEnd verb={words.save} form={endOf(saving, errors)} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

function AmountRows({ form }: { readonly form: UseFormReturn<RulesForm> }) {
  const words = useRoutingTexts();
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'amounts' });
  const { errors } = form.formState;
  return (
    <fieldset className="grid gap-2">
      <legend className="text-sm font-medium">{words.amounts}</legend>
      <p className="text-sm text-muted">{words.amountsHint}</p>
      {fields.map((row, index) => (
        <div key={row.id} className="flex items-end gap-2">
          <TextField
            label={words.currency}
            className="w-24 shrink-0"
            error={errors.amounts?.[index]?.currency?.message}
            {...form.register(`amounts.${index}.currency`)}
          />
          <TextField
            label={words.min}
            className="min-w-0 grow"
            inputMode="decimal"
            {...form.register(`amounts.${index}.min`)}
          />
          <TextField
            label={words.max}
            className="min-w-0 grow"
            inputMode="decimal"
            {...form.register(`amounts.${index}.max`)}
          />
          <Button
            look="quiet"
            icon="cross"
            aria-label={words.removeAmount(row.currency)}
            onClick={() => remove(index)}
          />
        </div>
      ))}
      {errors.root?.amounts?.message !== undefined && (
        <p role="alert" className="text-sm font-medium text-bad">
          {errors.root.amounts.message}
        </p>
      )}
      <div>
        <Button onClick={() => append({ currency: '', min: '', max: '' })}>{words.addAmount}</Button>
      </div>
    </fieldset>
  );
}
