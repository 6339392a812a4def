import type { ReactNode } from 'react';
import type { Payment, PaymentExplanation } from '../../../sdk/src/api.generated.ts';
import { amountFromJson, formatMoney } from '../../../src/kernel/money.ts';
import { Badge } from '../../ui/badge.tsx';
import { Amount, Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useTexts } from '../texts/use-texts.tsx';
import { StatePath } from './state-path.tsx';

interface FactsProps {
  readonly payment: Payment;
  readonly explanation: PaymentExplanation;
}

/** The amounts of a payment, what is promised of them, and what is left. */
export function PaymentMoney({ explanation: { money } }: FactsProps) {
  const { payment: words } = useTexts();
  const { locale } = useSpeech();
  const { currency } = money;
  const underWay = (minor: number) =>
    minor === 0 ? null : words.pending(formatMoney({ amount: amountFromJson(minor), currency }, locale));
  const lines: readonly (readonly [string, number, string | null])[] = [
    [words.amount, money.amount, null],
    [words.authorized, money.authorized, null],
    [words.captured, money.captured, underWay(money.capturePending)],
    [words.refunded, money.refunded, underWay(money.refundPending)],
    [words.capturable, money.capturable, null],
    [words.refundable, money.refundable, null],
  ];
  return (
    <section aria-label={words.money} className="card">
      <dl className="grid grid-cols-2 sm:grid-cols-3 xl:grid-cols-6">
        {lines.map(([label, minor, note]) => (
          <div key={label} className="p-4">
            <dt className="text-sm text-muted">{label}</dt>
            <dd className="text-lg font-semibold">
              <Amount minor={minor} currency={currency} />
              {note !== null && <span className="block text-sm font-normal text-muted">{note}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Why a payment is as it is, for whom it waits, and what nobody knows. */
export function PaymentWhy({ payment, explanation }: FactsProps) {
  const { payment: words, payments } = useTexts();
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
  const { payment: words, payments } = useTexts();
  const { latestAttempt, customer } = payment;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [payments.id, <Copyable key="id" text={payment.id} what={payments.id} />],
    [payments.orderId, payment.orderId],
    [payments.description, payment.description],
    [payments.customer, customer === null ? null : [customer.name, customer.email].filter(Boolean).join(', ')],
    [payments.provider, latestAttempt === null ? null : `${latestAttempt.provider} · ${latestAttempt.state}`],
    [payments.created, <Time key="created" at={payment.createdAt} />],
    [payments.updated, <Time key="updated" at={payment.updatedAt} />],
    [payments.expires, <Time key="expires" at={payment.expiresAt} />],
    ...Object.entries(payment.metadata).map(([name, value]) => [`${words.metadata}: ${name}`, value] as const),
  ];
  return (
    <section aria-label={words.details} className="card p-4">
      <h2 className="font-semibold">{words.details}</h2>
      <dl className="mt-2 grid gap-2">
        {facts
          .filter(([, value]) => value !== null && value !== '')
          .map(([label, value]) => (
            <div key={label}>
              <dt className="text-sm text-muted">{label}</dt>
              <dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
