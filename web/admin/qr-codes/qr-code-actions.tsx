import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { QrCode } from '../../../sdk/src/api.generated.ts';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useQrCodeTexts } from './use-qr-code-texts.ts';

const ChangeDialog = lazy(() =>
  import('./change-amount-dialog.tsx').then((module) => ({ default: module.ChangeAmountDialog })),
);
const ScanDialog = lazy(() => import('./scan-dialog.tsx').then((module) => ({ default: module.ScanDialog })));

/** Print it, change its amount, play a scan, take it back. */
export function QrCodeActions({ code }: { readonly code: QrCode }) {
  const words = useQrCodeTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, place, may } = useHere();
  const [open, setOpen] = useState<'change' | 'scan' | 'cancel' | null>(null);
  const close = () => setOpen(null);
  const mayNot = (permission: Permission) => (may(permission) ? null : ui.noPermissionHint(permission));
  const ended = code.status === 'active' ? null : words.notActive(words.statuses[code.status]);
  const isBegun = code.uses === 'single' && code.usesMade > 0;
  const canceling = useAct({
    run: (_: null, options) => api.qRCodes.cancelQrCode(code.id, options),
    refreshes: [[...key, 'qr-codes']],
    done: words.canceled,
    onDone: close,
    saysErrors: true,
  });
  return (
    <div className="flex flex-wrap gap-2">
      <Link
        to="/$tenantId/$mode/qr-codes/$qrCodeId/sheet"
        params={{ ...place, qrCodeId: code.id }}
        className={buttonClass('primary')}
      >
        {words.print}
      </Link>
      <Button
        whyNot={
          mayNot('qr-code:update') ?? ended ?? (isBegun ? words.begun : code.amount === null ? words.noAmount : null)
        }
        onClick={() => setOpen('change')}
      >
        {words.change}
      </Button>
      <Button
        icon="send"
        whyNot={code.mode === 'live' ? words.scanLive : (mayNot('qr-code:execute') ?? ended)}
        onClick={() => setOpen('scan')}
      >
        {words.scan}
      </Button>
      <Button icon="cross" whyNot={mayNot('qr-code:update') ?? ended} onClick={() => setOpen('cancel')}>
        {words.cancel}
      </Button>
      <Suspense>
        {open === 'change' && <ChangeDialog code={code} onClose={close} />}
        {open === 'scan' && <ScanDialog code={code} onClose={close} />}
      </Suspense>
      {open === 'cancel' && (
        <ConfirmDialog
          title={words.cancelTitle}
          hint={words.cancelHint}
          verb={words.cancel}
          keep={words.keep}
          act={canceling}
          onConfirm={() => canceling.mutate(null)}
          onClose={close}
        />
      )}
    </div>
  );
}
