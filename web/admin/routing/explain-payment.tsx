import { Link } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import type { ExplainedRoute, ProviderAccount } from '../../../sdk/src/api.generated.ts';
import { TextField } from '../../ui/field.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useRoutingTexts } from './use-routing-texts.ts';

interface ExplainProps {
  readonly accounts: readonly Pick<ProviderAccount, 'id' | 'name'>[];
}

/** Why a payment went to the account it went to, and who was passed over. */
export function ExplainPayment({ accounts }: ExplainProps) {
  const words = useRoutingTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { place, may } = useHere();
  const endOf = useFormEnd();
  const form = useForm({ defaultValues: { paymentId: '' } });
  const explaining = useAct({
    run: async (paymentId: string) => ({ paymentId, route: (await api.payments.explain(paymentId)).route }),
    saysErrors: true,
  });
  const submit = form.handleSubmit(({ paymentId }) => explaining.mutate(paymentId.trim()));
  const { data } = explaining;
  return (
    <section aria-label={words.explain} className="card grid gap-4 p-4">
      <h2 className="font-semibold">{words.explain}</h2>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <TextField label={words.payment} hint={words.explainHint} {...form.register('paymentId', { required: true })} />
        <FormEnd
          verb={words.explainVerb}
          form={endOf(explaining)}
          whyNot={may('payment:read') ? null : ui.noPermissionHint('payment:read')}
        />
      </form>
      {data !== undefined && (
        <div role="status" className="grid gap-3">
          {data.route === null ? <p>{words.notRouted}</p> : <Explained route={data.route} accounts={accounts} />}
          <p>
            <Link
              to="/$tenantId/$mode/payments/$paymentId"
              params={{ ...place, paymentId: data.paymentId }}
              className="text-accent underline-offset-2 hover:underline"
            >
              {words.toPayment}
            </Link>
          </p>
        </div>
      )}
    </section>
  );
}

function Explained({ route, accounts }: ExplainProps & { readonly route: ExplainedRoute }) {
  const words = useRoutingTexts();
  const nameOf = (id: string) => accounts.find((account) => account.id === id)?.name ?? id;
  const why = (code: string) => words.codes[code] ?? code;
  const lines = [
    ...route.failedOverFrom.map(({ attemptId, providerAccountId, code }) => ({
      key: attemptId,
      label: words.failedOver,
      text: `${nameOf(providerAccountId)}: ${code}`,
    })),
    ...route.passedOver.map(({ providerAccountId, codes }) => ({
      key: providerAccountId,
      label: words.passedOver,
      text: `${nameOf(providerAccountId)}: ${codes.map(why).join(', ')}`,
    })),
  ];
  return (
    <dl className="grid gap-2">
      <div>
        <dt className="text-sm text-muted">{words.wentTo}</dt>
        <dd className="font-semibold [overflow-wrap:anywhere]">{nameOf(route.providerAccountId)}</dd>
      </div>
      <div>
        <dt className="text-sm text-muted">{words.why}</dt>
        <dd>
          {why(route.code)}
          {route.isProbe && ` (${words.probe})`}
        </dd>
      </div>
      {lines.map(({ key, label, text }) => (
        <div key={key}>
          <dt className="text-sm text-muted">{label}</dt>
          <dd className="[overflow-wrap:anywhere]">{text}</dd>
        </div>
      ))}
    </dl>
  );
}
