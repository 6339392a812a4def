import { lazy, Suspense, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { useTexts } from '../texts/use-texts.tsx';

const AccountDialog = lazy(() => import('./account-dialog.tsx').then((module) => ({ default: module.AccountDialog })));

/** The way to what concerns oneself. */
export function AccountMenu() {
  const { frame } = useTexts();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" icon="user" aria-label={frame.account} onClick={() => setOpen(true)} />
      <Suspense>{isOpen && <AccountDialog onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
