import { useForm } from 'react-hook-form';
import type { QrCode } from '../../../sdk/src/api.generated.ts';
import { amountFromJson, toDecimal } from '../../../src/kernel/money.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { parseAmount } from '../form/parse-amount.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useQrCodeTexts } from './use-qr-code-texts.ts';

interface ChangeAmountProps {
  readonly code: QrCode;
  readonly onClose: () => void;
}

/** Another amount for payments that are begun from now on; refused where somebody else was faster. */
export function ChangeAmountDialog({ code, onClose }: ChangeAmountProps) {
  const words = useQrCodeTexts();
  const api = useApi();
  const { key } = useHere();
  const { currency, version } = code;
  const before = code.amount === null ? '' : toDecimal({ amount: amountFromJson(code.amount), currency });
  const endOf = useFormEnd();
  const form = useForm({ defaultValues: { amount: before } });
  const changing = useAct({
    run: (amount: number) => api.qRCodes.updateQrCode(code.id, { amount, version }),
    refreshes: [[...key, 'qr-codes']],
    done: words.changed,
    onDone: onClose,
    saysErrors: true,
  });
  const submit = form.handleSubmit(({ amount }) => {
    const minor = parseAmount(amount, currency);
    if (minor === null) form.setError('amount', { message: words.amountWrong });
    else changing.mutate(minor);
  });
  return (
    <Dialog title={words.change} description={words.changeHint} isOpen onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <TextField
          label={`${words.amount} (${currency})`}
          hint={code.content === 'emvco' ? words.emvcoHint : undefined}
          inputMode="decimal"
          error={form.formState.errors.amount?.message}
          {...form.register('amount')}
        />
        <FormEnd verb={words.save} form={endOf(changing)} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
