import { useForm } from 'react-hook-form';
import type { Payment, PaymentExplanation } from '../../../sdk/src/api.generated.ts';
import { capturePayment } from '../../../src/captures/api.ts';
import { currencyExponent } from '../../../src/kernel/currency.ts';
import { amountFromJson, formatMoney, toDecimal } from '../../../src/kernel/money.ts';
import { createRefund } from '../../../src/refunds/api.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CheckField, TextField } from '../../ui/field.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useAdvice } from '../failure.tsx';
import { parseAmount } from '../form/parse-amount.ts';
import { useTexts } from '../texts/use-texts.tsx';
import type { Act, usePaymentActs } from './use-payment-acts.ts';
import { usePaymentTexts } from './use-payment-texts.ts';

interface MoneyDialogProps {
  readonly kind: 'capture' | 'refund';
  readonly payment: Payment;
  readonly explanation: PaymentExplanation;
  readonly acts: ReturnType<typeof usePaymentActs>;
  readonly onClose: () => void;
}

interface MoneyForm {
  readonly amount: string;
  readonly reason: string;
  readonly final: boolean;
}

/** How much is captured or refunded; filled in with all that is left. */
export function MoneyDialog({ kind, payment, explanation, acts, onClose }: MoneyDialogProps) {
  const { payment: words } = usePaymentTexts();
  const { ui } = useTexts();
  const { locale } = useSpeech();
  const advise = useAdvice();
  const { currency } = payment;
  const left = kind === 'capture' ? explanation.money.capturable : explanation.money.refundable;
  const money = { amount: amountFromJson(left), currency };
  const form = useForm<MoneyForm>({ defaultValues: { amount: toDecimal(money), reason: '', final: true } });
  const { errors } = form.formState;
  const submit = form.handleSubmit((values) => {
    const act = actOf(kind, values, currency);
    if ('act' in act) acts.mutate(act.act);
    else form.setError(act.field, { message: act.message });
  });
  const checkAmount = (text: string): string | true => {
    const minor = parseAmount(text, currency);
    if (minor === null) return words.amountWrong(currencyExponent(currency));
    return minor <= left || words.amountTooMuch(formatMoney(money, locale));
  };
  return (
    <Dialog
      title={kind === 'capture' ? words.captureTitle : words.refundTitle}
      description={kind === 'capture' ? words.captureHint : words.refundHint}
      isOpen
      onClose={onClose}
    >
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <TextField
          label={`${words.amount} (${currency})`}
          inputMode="decimal"
          hint={words.atMost(formatMoney(money, locale))}
          error={errors.amount?.message}
          {...form.register('amount', { validate: checkAmount })}
        />
        {kind === 'refund' ? (
          <TextField
            label={words.reason}
            hint={words.reasonHint}
            error={errors.reason?.message}
            {...form.register('reason')}
          />
        ) : (
          <CheckField label={words.captureFinal} hint={words.captureFinalHint} {...form.register('final')} />
        )}
        {acts.error !== null && (
          <p role="alert" className="font-medium text-bad">
            {advise(acts.error)}
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" look="primary" isBusy={acts.isPending}>
            {kind === 'capture' ? words.doCapture : words.doRefund}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

type Checked = { readonly act: Act } | { readonly field: keyof MoneyForm; readonly message: string };

/** The request, checked by the shape that the server checks it with, so that a field is named before anything is sent. */
function actOf(kind: 'capture' | 'refund', { amount, reason, final }: MoneyForm, currency: string): Checked {
  const minor = parseAmount(amount, currency) ?? 0;
  const parsed =
    kind === 'capture'
      ? capturePayment.body?.safeParse({ amount: minor, final })
      : createRefund.body?.safeParse({ amount: minor, reason: reason.trim() });
  const issue = parsed?.error?.issues[0];
  if (issue !== undefined) {
    return { field: issue.path[0] === 'reason' ? 'reason' : 'amount', message: issue.message };
  }
  return kind === 'capture'
    ? { act: { kind, body: { amount: minor, final } } }
    : { act: { kind, body: { amount: minor, reason: reason.trim() } } };
}
