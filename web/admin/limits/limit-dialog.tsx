import { useNavigate } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import type { CreateLimitBasket, LimitBasket } from '../../../sdk/src/api.generated.ts';
import { isCurrency } from '../../../src/kernel/currency.ts';
import { amountFromJson, toDecimal } from '../../../src/kernel/money.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { given, linesOf, textOrNull } from '../form/lines.ts';
import { parseAmount } from '../form/parse-amount.ts';
import { placeErrors } from '../form/place-errors.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useLimitTexts } from './use-limit-texts.ts';

const AMOUNTS = ['dailyMax', 'monthlyMax'] as const;
const COUNTS = ['dailyCountMax', 'monthlyCountMax'] as const;
const FIELDS = ['name', 'itemTypes', 'per', 'currency', 'timeZone', 'whenUnnamed', ...AMOUNTS, ...COUNTS] as const;
type LimitForm = { readonly [Name in (typeof FIELDS)[number]]: string };

interface LimitDialogProps {
  /** null: a new one. */
  readonly basket: LimitBasket | null;
  readonly onClose: () => void;
}

/** Adds a limit, or changes one; what it counts together, and in which currency and zone, stays as it was made. */
export function LimitDialog({ basket, onClose }: LimitDialogProps) {
  const words = useLimitTexts();
  const endOf = useFormEnd();
  const form = useForm<LimitForm>({ defaultValues: valuesOf(basket) });
  const { errors } = form.formState;
  const storing = useStoring(basket, form, onClose);
  const submit = form.handleSubmit((values) => {
    const wrong = AMOUNTS.filter((name) => amountOf(values[name], values.currency) === undefined);
    for (const name of wrong) form.setError(name, { message: words.amountWrong });
    if (wrong.length === 0) storing.mutate(values);
  });
  const field = (name: keyof LimitForm, label: string, hint?: string) => (
    <TextField label={label} hint={hint} error={errors[name]?.message} {...form.register(name)} />
  );
  const choice = (
    name: 'per' | 'whenUnnamed',
    label: string,
    labels: Readonly<Record<string, string>>,
    hint?: string,
  ) => (
    <ChoiceField
      label={label}
      hint={hint}
      error={errors[name]?.message}
      choices={Object.entries(labels).map(([value, shown]) => ({ value, label: shown }))}
      {...form.register(name)}
    />
  );
  return (
    <Dialog
      title={basket === null ? words.add : words.edit}
      description={basket === null ? words.addHint : words.editHint}
      isOpen
      onClose={onClose}
    >
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        {field('name', words.optional(words.name), words.nameHint)}
        {field('itemTypes', words.itemTypes, words.itemTypesHint)}
        {basket === null && choice('per', words.per, words.pers)}
        {basket === null && (
          <div className="grid items-start gap-4 sm:grid-cols-2">
            {field('currency', words.currency, words.currencyHint)}
            {field('timeZone', words.timeZone, words.timeZoneHint)}
          </div>
        )}
        <div className="grid items-start gap-4 sm:grid-cols-2">
          {field('dailyMax', `${words.dailyMax} (${form.watch('currency').toUpperCase()})`)}
          {field('monthlyMax', `${words.monthlyMax} (${form.watch('currency').toUpperCase()})`)}
          {field('dailyCountMax', words.dailyCountMax)}
          {field('monthlyCountMax', words.monthlyCountMax)}
        </div>
        {choice('whenUnnamed', words.whenUnnamed, words.whenUnnameds, words.whenUnnamedHint)}
        <FormEnd verb={basket === null ? words.doAdd : words.save} form={endOf(storing, errors)} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

function useStoring(basket: LimitBasket | null, form: ReturnType<typeof useForm<LimitForm>>, onClose: () => void) {
  const words = useLimitTexts();
  const api = useApi();
  const { key, place } = useHere();
  const navigate = useNavigate();
  return useAct({
    run: (values: LimitForm, options): Promise<LimitBasket> => {
      const { per, currency, timeZone } = values;
      const rest = bodyOf(values);
      if (basket !== null) return api.limits.updateBasket(basket.id, rest);
      const made = {
        per: per as LimitBasket['per'],
        currency: currency.trim().toUpperCase(),
        timeZone: timeZone.trim(),
      };
      return api.limits.createBasket({ ...given(rest), ...made } as CreateLimitBasket, options);
    },
    refreshes: [[...key, 'limit-baskets']],
    done: basket === null ? words.added : words.saved,
    onDone: (stored) => {
      onClose();
      if (basket !== null) return;
      void navigate({ to: '/$tenantId/$mode/limits/$basketId', params: { ...place, basketId: stored.id } });
    },
    saysErrors: true,
    onRefused: (error) => {
      for (const { name, message } of placeErrors(error, FIELDS)) {
        form.setError(name, { message }, { shouldFocus: true });
      }
    },
  });
}

function valuesOf(basket: LimitBasket | null): LimitForm {
  const { currency = 'EUR' } = basket ?? {};
  const decimal = (minor: number | null = null) =>
    minor === null ? '' : toDecimal({ amount: amountFromJson(minor), currency });
  return {
    name: basket?.name ?? '',
    itemTypes: basket?.itemTypes.join(', ') ?? '',
    per: basket?.per ?? 'customer',
    currency,
    timeZone: basket?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    whenUnnamed: basket?.whenUnnamed ?? 'refuse',
    dailyMax: decimal(basket?.dailyMax),
    monthlyMax: decimal(basket?.monthlyMax),
    dailyCountMax: String(basket?.dailyCountMax ?? ''),
    monthlyCountMax: String(basket?.monthlyCountMax ?? ''),
  };
}

/** Null: no maximum; undefined: what was typed is no amount. */
function amountOf(text: string, currency: string): number | null | undefined {
  if (text.trim() === '') return null;
  // A maximum of nothing is one as well: it lets nothing pass.
  if (/^0+([.,]0+)?$/.test(text.trim())) return 0;
  const code = currency.trim().toUpperCase();
  return isCurrency(code) ? (parseAmount(text, code) ?? undefined) : undefined;
}

function bodyOf(values: LimitForm) {
  const count = (text: string) => (textOrNull(text) === null ? null : Number(text));
  return {
    name: textOrNull(values.name),
    itemTypes: linesOf(values.itemTypes),
    whenUnnamed: values.whenUnnamed as LimitBasket['whenUnnamed'],
    dailyMax: amountOf(values.dailyMax, values.currency) ?? null,
    monthlyMax: amountOf(values.monthlyMax, values.currency) ?? null,
    dailyCountMax: count(values.dailyCountMax),
    monthlyCountMax: count(values.monthlyCountMax),
  };
}
