import { Link } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import type { Checkout, CreateCheckoutPayment, CreatedPayment } from '../../../sdk/src/api.generated.ts';
import { isCurrency } from '../../../src/kernel/currency.ts';
import { buttonClass } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code-block.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { QrCode } from '../entry/qr-code.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { parseAmount } from '../form/parse-amount.ts';
import { placeErrors } from '../form/place-errors.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useCheckoutTexts } from './use-checkout-texts.ts';

interface PayDialogProps {
  readonly checkout: Checkout;
  readonly onClose: () => void;
}

/** Makes a payment by hand, and shows its address for the only time. */
export function PayDialog({ checkout, onClose }: PayDialogProps) {
  const words = useCheckoutTexts();
  const api = useApi();
  const { key } = useHere();
  const isOpenAmount = checkout.amount === undefined;
  const endOf = useFormEnd();
  const form = useForm({ defaultValues: { reference: '', amount: '', currency: checkout.currency ?? 'EUR' } });
  const { errors } = form.formState;
  const paying = useAct({
    run: (body: CreateCheckoutPayment, options) => api.checkouts.createPayment(checkout.id, body, options),
    refreshes: [[...key, 'payments']],
    saysErrors: true,
    onRefused: (error) => {
      for (const { name, message } of placeErrors(error, ['reference', 'amount', 'currency'] as const)) {
        form.setError(name, { message });
      }
    },
  });
  const submit = form.handleSubmit(({ reference, amount, currency }) => {
    if (!isOpenAmount) return paying.mutate({ reference: reference.trim() });
    const code = currency.trim().toUpperCase();
    const minor = isCurrency(code) ? parseAmount(amount, code) : null;
    if (minor === null) return form.setError('amount', { message: words.amountWrong });
    return paying.mutate({ reference: reference.trim(), amount: minor, currency: code });
  });
  if (paying.data !== undefined) return <Made payment={paying.data} onClose={onClose} />;
  return (
    <Dialog title={words.pay} description={words.payHint} isOpen onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <TextField
          label={words.payReference}
          hint={words.payReferenceHint}
          error={errors.reference?.message}
          {...form.register('reference')}
        />
        {isOpenAmount && (
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <TextField
              label={words.amount}
              inputMode="decimal"
              error={errors.amount?.message}
              {...form.register('amount')}
            />
            <TextField label={words.currency} error={errors.currency?.message} {...form.register('currency')} />
          </div>
        )}
        <FormEnd verb={words.doPay} form={endOf(paying, errors)} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

interface MadeProps {
  readonly payment: Pick<CreatedPayment, 'id' | 'paymentUrl'>;
  readonly onClose: () => void;
}

function Made({ payment: { id, paymentUrl }, onClose }: MadeProps) {
  const words = useCheckoutTexts();
  const { place } = useHere();
  return (
    <Dialog title={words.pay} description={words.paid} isOpen onClose={onClose}>
      <div className="grid gap-4">
        <QrCode text={paymentUrl} label={words.payCode} />
        <CodeBlock text={paymentUrl} label={words.payAddress} />
        <div className="flex flex-wrap justify-end gap-2">
          <Link
            to="/$tenantId/$mode/payments/$paymentId"
            params={{ ...place, paymentId: id }}
            className={buttonClass()}
          >
            {words.toPayment}
          </Link>
          <a href={paymentUrl} target="_blank" rel="noreferrer noopener" className={buttonClass('primary')}>
            {words.openPage}
          </a>
        </div>
      </div>
    </Dialog>
  );
}
