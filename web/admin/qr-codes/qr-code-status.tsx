import type { QrCode } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Amount } from '../../ui/value.tsx';
import { useQrCodeTexts } from './use-qr-code-texts.ts';

const TONES: Readonly<Record<QrCode['status'], Tone>> = {
  active: 'good',
  used: 'info',
  expired: 'idle',
  canceled: 'idle',
};

export function QrCodeStatus({ status }: Pick<QrCode, 'status'>) {
  const words = useQrCodeTexts();
  return <Badge tone={TONES[status]} label={words.statuses[status]} />;
}

/** What a scan asks for: an amount, or what the shopper enters. */
export function QrCodeAmount({ code: { amount, currency, amountEditable } }: { readonly code: QrCode }) {
  const words = useQrCodeTexts();
  if (amount === null) return words.byShopper;
  return (
    <>
      <Amount minor={amount} currency={currency} />
      {amountEditable && ` (${words.proposed})`}
    </>
  );
}
