import { TextLink } from '../frame/links.tsx';
import { useHere } from '../frame/use-place.ts';

/** The page of a payment, by its id; in a list the middle of the id is left out. */
export function PaymentLink({
  paymentId,
  isShort = false,
}: {
  readonly paymentId: string;
  readonly isShort?: boolean;
}) {
  const { place } = useHere();
  return (
    <TextLink to="/$tenantId/$mode/payments/$paymentId" params={{ ...place, paymentId }}>
      {isShort ? (
        <span className="whitespace-nowrap">{`${paymentId.slice(0, 8)}…${paymentId.slice(-6)}`}</span>
      ) : (
        paymentId
      )}
    </TextLink>
  );
}
