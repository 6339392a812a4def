import { useNavigate } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import type { QrCode, ScanQrCode } from '../../../sdk/src/api.generated.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { given } from '../form/lines.ts';
import { parseAmount } from '../form/parse-amount.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useQrCodeTexts } from './use-qr-code-texts.ts';

interface ScanDialogProps {
  readonly code: QrCode;
  readonly onClose: () => void;
}

/** Plays a shopper with the sandbox's bank, in test mode; leads to the payment of the scan. */
export function ScanDialog({ code, onClose }: ScanDialogProps) {
  const words = useQrCodeTexts();
  const api = useApi();
  const { key, place } = useHere();
  const navigate = useNavigate();
  const endOf = useFormEnd();
  const form = useForm({ defaultValues: { token: 'tok_approve', amount: '' } });
  const scanning = useAct({
    run: (body: ScanQrCode, options) => api.qRCodes.scanQrCode(code.id, body, options),
    refreshes: [
      [...key, 'qr-codes'],
      [...key, 'payments'],
    ],
    done: words.scanned,
    onDone: (payment) => {
      onClose();
      void navigate({ to: '/$tenantId/$mode/payments/$paymentId', params: { ...place, paymentId: payment.id } });
    },
    saysErrors: true,
  });
  const submit = form.handleSubmit(({ token, amount }) => {
    const minor = parseAmount(amount, code.currency);
    if (minor === null && amount.trim() !== '') return form.setError('amount', { message: words.amountWrong });
    return scanning.mutate(given({ token: token === '' ? null : token, amount: minor }));
  });
  return (
    <Dialog title={words.scan} description={words.scanHint} isOpen onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <ChoiceField
          label={words.scanAs}
          choices={Object.entries(words.scans).map(([value, label]) => ({ value, label }))}
          {...form.register('token')}
        />
        {code.amountEditable && (
          <TextField
            label={`${words.amount} (${code.currency})`}
            inputMode="decimal"
            error={form.formState.errors.amount?.message}
            {...form.register('amount')}
          />
        )}
        <FormEnd verb={words.scan} form={endOf(scanning)} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
