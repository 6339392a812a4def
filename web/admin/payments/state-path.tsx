import { PAYMENT_TRANSITIONS, type PaymentStatus } from '../../../src/payments/payment.ts';
import { classNames } from '../../ui/class-names.ts';
import { usePaymentTexts } from './use-payment-texts.ts';

interface StatePathProps {
  readonly status: PaymentStatus;
  readonly captureMethod: 'automatic' | 'manual';
}

/** Where a payment stands on its way, and where the table of states lets it go from here. */
export function StatePath({ status, captureMethod }: StatePathProps) {
  const { payments, payment } = usePaymentTexts();
  const path = pathTo(status, captureMethod);
  const reached = path.indexOf(status);
  const next = PAYMENT_TRANSITIONS[status].map((one) => payments.statuses[one]);
  return (
    <div>
      <ol aria-label={payment.path} className="flex flex-wrap items-center gap-y-1">
        {path.map((step, index) => (
          <li
            key={step}
            aria-current={step === status ? 'step' : undefined}
            className={classNames(
              'flex items-center text-sm',
              index === reached && 'font-semibold text-ink',
              index !== reached && 'text-muted',
            )}
          >
            {index > 0 && (
              <span
                aria-hidden="true"
                className={classNames('mx-2 h-0.5 w-5 sm:w-9', index <= reached ? 'bg-accent' : 'bg-line')}
              />
            )}
            <span
              aria-hidden="true"
              className={classNames(
                'me-1.5 size-3 rounded-full border-2',
                index <= reached ? 'border-accent bg-accent' : 'border-line-strong',
              )}
            />
            {payments.statuses[step]}
          </li>
        ))}
      </ol>
      <p className="mt-1 text-sm text-muted">
        {next.length === 0 ? payment.isFinal : payment.mayBecome(next.join(', '))}
      </p>
    </div>
  );
}

/** The usual way, up to an end that lies on none. */
function pathTo(status: PaymentStatus, captureMethod: 'automatic' | 'manual'): readonly PaymentStatus[] {
  const usual: readonly PaymentStatus[] =
    captureMethod === 'manual' || status === 'authorized'
      ? ['created', 'processing', 'authorized', 'succeeded']
      : ['created', 'processing', 'succeeded'];
  if (usual.includes(status)) return usual;
  return status === 'reversed' ? [...usual, status] : ['created', 'processing', status];
}
