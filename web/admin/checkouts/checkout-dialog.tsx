import { useNavigate } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import type { Checkout, CreateCheckout, UpdateCheckout } from '../../../sdk/src/api.generated.ts';
import { isCurrency } from '../../../src/kernel/currency.ts';
import { amountFromJson, toDecimal } from '../../../src/kernel/money.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { given, textOrNull } from '../form/lines.ts';
import { parseAmount } from '../form/parse-amount.ts';
import { placeErrors } from '../form/place-errors.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useCheckoutTexts } from './use-checkout-texts.ts';

const TEXTS = ['reference', 'description', 'returnUrl', 'cancelUrl', 'ipnUrl', 'productId'] as const;
const FIELDS = ['name', 'amount', 'currency', 'captureMethod', 'expiresIn', ...TEXTS] as const;
type CheckoutForm = { readonly [Name in (typeof FIELDS)[number]]: string };

interface CheckoutDialogProps {
  /** null: a new one. */
  readonly checkout: Checkout | null;
  readonly onClose: () => void;
}

/** Stores a checkout, or changes one: what is emptied is taken away. */
export function CheckoutDialog({ checkout, onClose }: CheckoutDialogProps) {
  const words = useCheckoutTexts();
  const endOf = useFormEnd();
  const form = useForm<CheckoutForm>({ defaultValues: valuesOf(checkout) });
  const { errors } = form.formState;
  const storing = useStoring(checkout, form, onClose);
  const submit = form.handleSubmit((values) => {
    const body = bodyOf(values);
    if (body === null) form.setError('amount', { message: words.amountWrong });
    else storing.mutate(body);
  });
  const field = (name: keyof CheckoutForm, label: string, hint?: string) => (
    <TextField label={words.optional(label)} hint={hint} error={errors[name]?.message} {...form.register(name)} />
  );
  return (
    <Dialog
      title={checkout === null ? words.add : words.edit}
      description={checkout === null ? words.addHint : words.editHint}
      isOpen
      onClose={onClose}
    >
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <TextField label={words.name} hint={words.nameHint} error={errors.name?.message} {...form.register('name')} />
        <div className="grid items-start gap-4 sm:grid-cols-2">
          {field('amount', words.amount, words.amountHint)}
          {field('currency', words.currency)}
        </div>
        {field('description', words.description, words.descriptionHint)}
        <ChoiceField
          label={words.captureMethod}
          error={errors.captureMethod?.message}
          choices={Object.entries(words.captures).map(([value, label]) => ({ value, label }))}
          {...form.register('captureMethod')}
        />
        {field('returnUrl', words.returnUrl, words.returnUrlHint)}
        {field('cancelUrl', words.cancelUrl)}
        {field('ipnUrl', words.ipnUrl, words.ipnUrlHint)}
        <div className="grid items-start gap-4 sm:grid-cols-2">
          {field('productId', words.productId)}
          {field('expiresIn', words.expiresIn, words.expiresInHint)}
        </div>
        {field('reference', words.reference, words.referenceHint)}
        <FormEnd verb={checkout === null ? words.doAdd : words.save} form={endOf(storing, errors)} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

function useStoring(checkout: Checkout | null, form: ReturnType<typeof useForm<CheckoutForm>>, onClose: () => void) {
  const words = useCheckoutTexts();
  const api = useApi();
  const { key, place } = useHere();
  const navigate = useNavigate();
  return useAct({
    run: (body: UpdateCheckout & { readonly name: string }, options): Promise<Checkout> =>
      checkout === null
        ? api.checkouts.create(given(body) as CreateCheckout, options)
        : api.checkouts.update(checkout.id, body),
    refreshes: [[...key, 'checkouts']],
    done: checkout === null ? words.added : words.saved,
    onDone: (stored) => {
      onClose();
      if (checkout !== null) return;
      void navigate({ to: '/$tenantId/$mode/checkouts/$checkoutId', params: { ...place, checkoutId: stored.id } });
    },
    saysErrors: true,
    onRefused: (error) => {
      for (const { name, message } of placeErrors(error, FIELDS)) {
        form.setError(name, { message }, { shouldFocus: true });
      }
    },
  });
}

function valuesOf(checkout: Checkout | null): CheckoutForm {
  const { amount, currency = 'EUR' } = checkout ?? {};
  const texts = Object.fromEntries(TEXTS.map((name) => [name, checkout?.[name] ?? '']));
  return {
    ...(texts as Pick<CheckoutForm, (typeof TEXTS)[number]>),
    name: checkout?.name ?? '',
    amount: amount === undefined ? '' : toDecimal({ amount: amountFromJson(amount), currency }),
    currency: checkout?.currency ?? '',
    captureMethod: checkout?.captureMethod ?? '',
    expiresIn: checkout?.expiresIn === undefined ? '' : String(checkout.expiresIn),
  };
}

/** Null where the amount is none; an amount needs its currency beside it, or nobody knows its digits. */
function bodyOf(values: CheckoutForm): (UpdateCheckout & { readonly name: string }) | null {
  const currency = textOrNull(values.currency)?.toUpperCase() ?? null;
  const typed = textOrNull(values.amount);
  const amount = typed === null || currency === null || !isCurrency(currency) ? null : parseAmount(typed, currency);
  if (typed !== null && amount === null) return null;
  const { captureMethod, expiresIn } = values;
  return {
    ...Object.fromEntries(TEXTS.map((name) => [name, textOrNull(values[name])])),
    ...{ name: values.name.trim(), amount, currency },
    captureMethod: captureMethod === 'automatic' || captureMethod === 'manual' ? captureMethod : null,
    expiresIn: textOrNull(expiresIn) === null ? null : Number(expiresIn),
  };
}
