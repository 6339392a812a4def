import type { Payment, PaymentExplanation } from '../../../sdk/src/api.generated.ts';
import { amountFromJson, formatMoney } from '../../../src/kernel/money.ts';
import { Badge } from '../../ui/badge.tsx';
import { type Fact, FactsCard } from '../../ui/facts.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { StatePath } from './state-path.tsx';
import { usePaymentTexts } from './use-payment-texts.ts';

interface FactsProps {
  readonly payment: Payment;
  readonly explanation: PaymentExplanation;
}

/** The amounts of a payment, what is promised of them, and what is left. */
export function PaymentMoney({ explanation: { money } }: FactsProps) {
  const { payment: words } = usePaymentTexts();
  const { locale } = useSpeech();
  const { currency } = money;
  const underWay = (minor: number) =>
    minor === 0 ? null : words.pending(formatMoney({ amount: amountFromJson(minor), currency }, locale));
  const line = (label: string, minor: number, note: string | null = null): Fact => [
    label,
    <>
      <Amount minor={minor} currency={currency} />
      {note !== null && <span className="block text-sm font-normal text-muted">{note}</span>}
    </>,
  ];
  return (
    <FactsCard
      title={words.money}
      shape="figures"
      isTitleHidden
      facts={[
        line(words.amount, money.amount),
        line(words.authorized, money.authorized),
        line(words.captured, money.captured, underWay(money.capturePending)),
        line(words.refunded, money.refunded, underWay(money.refundPending)),
        line(words.capturable, money.capturable),
        line(words.refundable, money.refundable),
      ]}
    />
  );
}

/** Why a payment is as it is, for whom it waits, and what nobody knows. */
export function PaymentWhy({ payment, explanation }: FactsProps) {
  const { payment: words, payments } = usePaymentTexts();
  return (
    <section aria-label={words.why} className="card grid gap-4 p-4">
      <StatePath status={payment.status} captureMethod={payment.captureMethod} />
      <p>{explanation.because}</p>
      {(payment.late || payment.duplicatePayment) && (
        <p className="flex flex-wrap items-center gap-2 text-sm text-muted">
          {payment.late && <Badge tone="warn" label={payments.late} />}
          {payment.late && payments.lateHint}
          {payment.duplicatePayment && <Badge tone="warn" label={payments.duplicate} />}
        </p>
      )}
      {explanation.waitingFor.map(({ who, what, until }) => (
        <p key={`${who} ${what}`}>
          <strong className="font-semibold">
            {words.waiting} {words.who[who]}:
          </strong>{' '}
          {what}
          {until !== null && (
            <span className="text-muted">
              {' '}
              ({words.until} <Time at={until} />)
            </span>
          )}
        </p>
      ))}
      {explanation.doubts.map(({ about, since }) => (
        <p key={about.id} className="flex flex-wrap items-center gap-2">
          <Badge tone="warn" label={words.doubt} /> {words.doubtHint}{' '}
          <code className="font-mono text-sm">{about.id}</code> <Time at={since} />
        </p>
      ))}
    </section>
  );
}

/** Everything else that a payment carries. */
export function PaymentDetails({ payment }: { readonly payment: Payment }) {
  const { payment: words, payments } = usePaymentTexts();
  const { latestAttempt, customer } = payment;
  const facts: readonly Fact[] = [
    [payments.id, <Copyable key="id" text={payment.id} what={payments.id} />],
    [payments.orderId, payment.orderId],
    [payments.description, payment.description],
    [payments.customer, customer === null ? null : [customer.name, customer.email].filter(Boolean).join(', ')],
    [payments.provider, latestAttempt === null ? null : `${latestAttempt.provider} · ${latestAttempt.state}`],
    [payments.created, <Time key="created" at={payment.createdAt} />],
    [payments.updated, <Time key="updated" at={payment.updatedAt} />],
    [payments.expires, <Time key="expires" at={payment.expiresAt} />],
    ...Object.entries(payment.metadata).map(([name, value]): Fact => [`${words.metadata}: ${name}`, value]),
  ];
  return <FactsCard title={words.details} facts={facts} />;
}
