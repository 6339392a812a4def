import { useForm } from 'react-hook-form';
import type { JudgedAccount, Route, RouteQuestion } from '../../../sdk/src/api.generated.ts';
import { isCurrency } from '../../../src/kernel/currency.ts';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { textOrNull } from '../form/lines.ts';
import { parseAmount } from '../form/parse-amount.ts';
import { placeErrors } from '../form/place-errors.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { CircuitState } from '../providers/account-status.tsx';
import { useRoutingTexts } from './use-routing-texts.ts';

interface QuestionForm {
  readonly amount: string;
  readonly currency: string;
  readonly captureMethod: 'automatic' | 'manual';
  readonly method: string;
  readonly paymentId: string;
}

/** What a confirmation without a method is called among methods. */
const NO_METHOD = 'none';

/** Asks where a payment would go; nothing comes of it. */
export function DryRun() {
  const words = useRoutingTexts();
  const api = useApi();
  const endOf = useFormEnd();
  const form = useForm<QuestionForm>({
    defaultValues: { amount: '12.50', currency: 'EUR', captureMethod: 'automatic', method: '', paymentId: '' },
  });
  const { errors } = form.formState;
  const asking = useAct({
    run: (question: RouteQuestion) => api.providerAccounts.route(question),
    saysErrors: true,
    onRefused: (error) => {
      const names = ['amount', 'currency', 'method', 'paymentId'] as const;
      for (const { name, message } of placeErrors(error, names)) form.setError(name, { message });
    },
  });
  const submit = form.handleSubmit(({ amount, currency: typed, captureMethod, method, paymentId }) => {
    const currency = typed.trim().toUpperCase();
    const minor = isCurrency(currency) ? parseAmount(amount, currency) : null;
    if (minor === null) return form.setError('amount', { message: words.amountWrong });
    const type = textOrNull(method);
    const drawnBy = textOrNull(paymentId);
    return asking.mutate({
      ...{ amount: minor, currency, captureMethod },
      ...(type === null ? {} : { method: type === NO_METHOD ? null : { type } }),
      ...(drawnBy === null ? {} : { paymentId: drawnBy }),
    });
  });
  return (
    <section aria-label={words.dryRun} className="card grid gap-4 p-4">
      <div>
        <h2 className="font-semibold">{words.dryRun}</h2>
        <p className="mt-1 text-muted">{words.dryRunHint}</p>
      </div>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <div className="grid items-start gap-4 sm:grid-cols-[1fr_6rem_1.5fr]">
          <TextField
            label={words.amount}
            inputMode="decimal"
            error={errors.amount?.message}
            {...form.register('amount')}
          />
          <TextField label={words.currency} error={errors.currency?.message} {...form.register('currency')} />
          <ChoiceField
            label={words.capture}
            choices={Object.entries(words.captures).map(([value, label]) => ({ value, label }))}
            {...form.register('captureMethod')}
          />
        </div>
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <TextField
            label={words.method}
            hint={words.methodHint}
            error={errors.method?.message}
            {...form.register('method')}
          />
          <TextField
            label={words.payment}
            hint={words.paymentHint}
            error={errors.paymentId?.message}
            {...form.register('paymentId')}
          />
        </div>
        <FormEnd verb={words.ask} form={endOf(asking, errors)} />
      </form>
      {asking.data !== undefined && <RouteShown route={asking.data} />}
    </section>
  );
}

function RouteShown({ route: { candidates, refused } }: { readonly route: Route }) {
  const words = useRoutingTexts();
  const [first] = candidates;
  return (
    <div role="status" className="grid gap-3">
      <p className="font-semibold">{first === undefined ? words.goesNowhere : words.goesTo(first.name)}</p>
      <Judged title={words.candidates} accounts={candidates} isOrdered />
      <Judged title={words.refused} accounts={refused} />
    </div>
  );
}

interface JudgedProps {
  readonly title: string;
  readonly accounts: readonly JudgedAccount[];
  readonly isOrdered?: boolean;
}

function Judged({ title, accounts, isOrdered = false }: JudgedProps) {
  if (accounts.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="text-sm font-medium text-muted">{title}</h3>
      <ol className="grid gap-2">
        {accounts.map(({ providerAccountId, name, circuit, reasons }, index) => (
          <li key={providerAccountId} className="rounded-md bg-sunken p-3">
            <p className="flex flex-wrap items-center gap-2 font-medium">
              {isOrdered && <span className="number text-muted">{index + 1}.</span>}
              <span className="[overflow-wrap:anywhere]">{name}</span>
              {circuit !== 'closed' && <CircuitState state={circuit} />}
            </p>
            {reasons.map(({ code, why }) => (
              <p key={code}>{why}</p>
            ))}
          </li>
        ))}
      </ol>
    </section>
  );
}
