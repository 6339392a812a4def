import { useBlocker } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';

interface LeaveWords {
  readonly leaveTitle: string;
  readonly leaveHint: string;
  readonly leave: string;
}

/** Leaving calls nobody. */
const NOTHING_RUNS = { error: null, isPending: false } as const;

/** Asks before a screen is left whose changes are not saved; also when the window is closed. Shown where it is returned. */
export function useLeaveWarning(isUnsaved: boolean, words: LeaveWords): ReactNode {
  const blocker = useBlocker({
    shouldBlockFn: () => isUnsaved,
    enableBeforeUnload: () => isUnsaved,
    withResolver: true,
  });
  if (blocker.status !== 'blocked') return null;
  return (
    <ConfirmDialog
      title={words.leaveTitle}
      hint={words.leaveHint}
      verb={words.leave}
      act={NOTHING_RUNS}
      onConfirm={blocker.proceed}
      onClose={blocker.reset}
    />
  );
}
