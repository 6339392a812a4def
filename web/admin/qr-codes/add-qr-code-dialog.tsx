import { useNavigate } from '@tanstack/react-router';
import { type UseFormReturn, useForm } from 'react-hook-form';
import type { CreateQrCode } from '../../../sdk/src/api.generated.ts';
import { isCurrency } from '../../../src/kernel/currency.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { CheckField, ChoiceField, TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { given, textOrNull } from '../form/lines.ts';
import { parseAmount } from '../form/parse-amount.ts';
import { placeErrors } from '../form/place-errors.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useQrCodeTexts } from './use-qr-code-texts.ts';

interface CodeForm {
  readonly kind: 'dynamic' | 'static';
  readonly reference: string;
  readonly amount: string;
  readonly currency: string;
  readonly amountEditable: boolean;
  readonly description: string;
}

const FIELDS = ['kind', 'reference', 'amount', 'currency', 'amountEditable', 'description'] as const;

/** Makes a code: for one payment, or one that stays where it is. */
export function AddQrCodeDialog({ onClose }: { readonly onClose: () => void }) {
  const words = useQrCodeTexts();
  const endOf = useFormEnd();
  const form = useForm<CodeForm>({
    defaultValues: {
      kind: 'dynamic',
      reference: '',
      amount: '',
      currency: 'EUR',
      amountEditable: false,
      description: '',
    },
  });
  const { errors } = form.formState;
  const making = useMaking(form, onClose);
  const kind = form.watch('kind');
  const submit = form.handleSubmit(
    ({ kind: chosen, reference, amount, currency: typed, amountEditable, description }) => {
      const currency = typed.trim().toUpperCase();
      const minor = isCurrency(currency) ? parseAmount(amount, currency) : null;
      if (minor === null && amount.trim() !== '') return form.setError('amount', { message: words.amountWrong });
      const isOpen = chosen === 'static' && amountEditable;
      return making.mutate({
        ...{ kind: chosen, currency, ...(isOpen ? { amountEditable } : {}) },
        ...given({ amount: minor, reference: textOrNull(reference), description: textOrNull(description) }),
      });
    },
  );
  return (
    <Dialog title={words.add} description={words.addHint} isOpen onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <ChoiceField
          label={words.kind}
          hint={words.kindHints[kind]}
          error={errors.kind?.message}
          choices={Object.entries(words.kinds).map(([value, label]) => ({ value, label }))}
          {...form.register('kind')}
        />
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <TextField
            label={words.amount}
            inputMode="decimal"
            error={errors.amount?.message}
            {...form.register('amount')}
          />
          <TextField label={words.currency} error={errors.currency?.message} {...form.register('currency')} />
        </div>
        {kind === 'static' && (
          <CheckField label={words.editable} hint={words.editableHint} {...form.register('amountEditable')} />
        )}
        <TextField
          label={words.optional(words.reference)}
          hint={words.referenceHint}
          error={errors.reference?.message}
          {...form.register('reference')}
        />
        <TextField
          label={words.optional(words.description)}
          hint={words.descriptionHint}
          error={errors.description?.message}
          {...form.register('description')}
        />
        <FormEnd verb={words.doAdd} form={endOf(making, errors)} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

function useMaking(form: UseFormReturn<CodeForm>, onClose: () => void) {
  const words = useQrCodeTexts();
  const api = useApi();
  const { key, place } = useHere();
  const navigate = useNavigate();
  return useAct({
    run: (body: CreateQrCode, options) => api.qRCodes.createQrCode(body, options),
    refreshes: [[...key, 'qr-codes']],
    done: words.added,
    onDone: (code) => {
      onClose();
      void navigate({ to: '/$tenantId/$mode/qr-codes/$qrCodeId', params: { ...place, qrCodeId: code.id } });
    },
    saysErrors: true,
    onRefused: (error) => {
      for (const { name, message } of placeErrors(error, FIELDS)) form.setError(name, { message });
    },
  });
}
