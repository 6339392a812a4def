import { useForm } from 'react-hook-form';
import type { LimitBasket, LimitPeriodUsage, LimitUsage as Usage } from '../../../sdk/src/api.generated.ts';
import { amountFromJson, formatMoney } from '../../../src/kernel/money.ts';
import { Badge } from '../../ui/badge.tsx';
import { TextField } from '../../ui/field.tsx';
import { Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { given, textOrNull } from '../form/lines.ts';
import { placeErrors } from '../form/place-errors.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useLimitTexts } from './use-limit-texts.ts';

const NAMES = ['customerId', 'phone', 'email', 'destination', 'tenantId', 'subMerchantName'] as const;
type WhoseForm = { readonly [Name in (typeof NAMES)[number]]: string };

/** Which of them say whose usage it is. */
const ASKED: Readonly<Record<LimitBasket['per'], readonly (typeof NAMES)[number][]>> = {
  customer: ['customerId', 'phone', 'email'],
  destination: ['destination'],
  merchant: ['tenantId'],
  sub_merchant: ['tenantId', 'subMerchantName'],
  group: [],
};

/** What somebody has used of a limit today and this month. */
export function LimitUsage({ basket }: { readonly basket: LimitBasket }) {
  const words = useLimitTexts();
  const api = useApi();
  const asked = ASKED[basket.per];
  const blank = Object.fromEntries(NAMES.map((name) => [name, ''])) as WhoseForm;
  const endOf = useFormEnd();
  const form = useForm<WhoseForm>({ defaultValues: blank });
  const { errors } = form.formState;
  const looking = useAct({
    run: (whose: WhoseForm) => {
      const texts = Object.fromEntries(asked.map((name) => [name, textOrNull(whose[name])]));
      return api.limits.getUsage(basket.id, given(texts));
    },
    saysErrors: true,
    onRefused: (error) => {
      const names = asked.map((name) => `query.${name}` as const);
      for (const { name, message } of placeErrors(error, names)) {
        form.setError(name.slice('query.'.length) as keyof WhoseForm, { message });
      }
    },
  });
  const submit = form.handleSubmit((whose) => looking.mutate(whose));
  const hintOf = (name: keyof WhoseForm) =>
    name === 'email' ? words.whoseHint : name === 'tenantId' ? words.tenantHint : undefined;
  return (
    <section aria-label={words.usage} className="card grid gap-4 p-4">
      <div>
        <h2 className="font-semibold">{words.usage}</h2>
        <p className="text-muted">{words.usageHint}</p>
      </div>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        {asked.map((name) => (
          <TextField
            key={name}
            label={words.whose[name]}
            hint={hintOf(name)}
            error={errors[name]?.message}
            {...form.register(name)}
          />
        ))}
        <FormEnd verb={words.look} form={endOf(looking, errors)} />
      </form>
      {looking.data !== undefined && <Used usage={looking.data} />}
    </section>
  );
}

function Used({ usage: { day, month, currency } }: { readonly usage: Usage }) {
  const words = useLimitTexts();
  return (
    <div role="status" className="grid gap-3 sm:grid-cols-2">
      <Period title={words.day} period={day} currency={currency} />
      <Period title={words.month} period={month} currency={currency} />
    </div>
  );
}

interface PeriodProps {
  readonly title: string;
  readonly period: LimitPeriodUsage;
  readonly currency: string;
}

function Period({ title, period, currency }: PeriodProps) {
  const words = useLimitTexts();
  const { locale } = useSpeech();
  const money = (minor: number) => formatMoney({ amount: amountFromJson(minor), currency }, locale);
  const { used, held, max, left, usedCount, countMax } = period;
  return (
    <section aria-label={title} className="rounded-md bg-sunken p-3">
      <h3 className="font-medium">{title}</h3>
      {max !== null && max > 0 && (
        <progress
          className="mt-1 h-2 w-full accent-accent"
          value={Math.min(used, max)}
          max={max}
          aria-label={words.used}
        />
      )}
      <p className="number text-lg font-semibold">
        {max === null ? `${money(used)} (${words.unlimited})` : words.of(money(used), money(max))}
      </p>
      {held > 0 && (
        <p className="text-sm text-muted">
          {money(held)} {words.held}
        </p>
      )}
      {left !== null && (
        <p>
          {words.left}: <span className="number">{money(Math.max(left, 0))}</span>
        </p>
      )}
      <p>
        {words.usedPayments}:{' '}
        <span className="number">{countMax === null ? usedCount : words.of(String(usedCount), String(countMax))}</span>
      </p>
      {period.exceeded && (
        <p className="mt-1">
          <Badge tone="warn" label={words.exceeded} />
        </p>
      )}
      <p className="text-sm text-muted">
        {words.resets} <Time at={period.resetsAt} />
      </p>
    </section>
  );
}
