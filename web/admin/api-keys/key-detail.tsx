import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { ChoiceField } from '../../ui/field.tsx';
import { SecretShown } from '../../ui/secret-shown.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useAct } from '../frame/use-act.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { KeyStatus } from './key-status.tsx';
import { useApiKeyTexts } from './use-api-key-texts.ts';
import { type ShownKey, useKeyShelf } from './use-key-shelf.ts';

const KeyDialog = lazy(() => import('./key-dialog.tsx').then((module) => ({ default: module.KeyDialog })));

interface KeyDetailProps {
  readonly keyId: string;
  /** The way to the list. */
  readonly back: ReactNode;
}

/** One key: what it may do, who has used it when, and what can be done about it. */
export function KeyDetail({ keyId, back }: KeyDetailProps) {
  const { key, may } = useAnywhere();
  const shelf = useKeyShelf();
  const listName = shelf.kind === 'tenant' ? 'api-keys' : 'operator-keys';
  const found = useQuery({
    queryKey: [...key, listName, keyId],
    queryFn: ({ signal }) => shelf.get(keyId, signal),
    enabled: may(shelf.permissions.read),
  });
  if (!may(shelf.permissions.read)) return <NoPermission permission={shelf.permissions.read} />;
  return (
    <>
      {back}
      <ReadResult of={found} isPage>
        {(one) => <Whole one={one} listName={listName} />}
      </ReadResult>
    </>
  );
}

function Whole({ one, listName }: { readonly one: ShownKey; readonly listName: string }) {
  const words = useApiKeyTexts();
  return (
    <div className="grid gap-4">
      <ScreenHead title={one.name} beside={<KeyStatus status={one.status} />}>
        <KeyActions one={one} listName={listName} />
      </ScreenHead>
      <FactsCard
        title={words.facts}
        shape="columns"
        facts={[
          [words.lastUsed, one.lastUsedAt === null ? words.never : <Time key="used" at={one.lastUsedAt} />],
          [words.expires, one.expiresAt === null ? words.noEnd : <Time key="expires" at={one.expiresAt} />],
          [words.addresses, one.allowedAddresses.length === 0 ? words.anywhere : one.allowedAddresses.join(', ')],
          [
            words.overlapUntil,
            one.previousSecretUntil === null ? null : <Time key="overlap" at={one.previousSecretUntil} />,
          ],
          [words.revokedAt, one.revokedAt === null ? null : <Time key="revoked" at={one.revokedAt} />],
          [words.created, <Time key="created" at={one.createdAt} />],
          [words.createdBy, one.createdBy ?? words.unknownMaker],
          [words.id, <Copyable key="id" text={one.id} what={words.id} />],
        ]}
      />
      <section aria-label={words.grants} className="card grid gap-3 p-4">
        <h2 className="font-semibold">{words.grants}</h2>
        <ul className="flex flex-wrap gap-2">
          {one.grants.map((grant) => (
            <li key={grant} className="rounded bg-sunken px-2 py-0.5 font-mono text-sm">
              {grant}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function KeyActions({ one, listName }: { readonly one: ShownKey; readonly listName: string }) {
  const words = useApiKeyTexts();
  const { words: ui } = useSpeech();
  const { may } = useAnywhere();
  const { permissions } = useKeyShelf();
  const [open, setOpen] = useState<'change' | 'rotate' | 'revoke' | null>(null);
  const close = () => setOpen(null);
  const whyNot = (verb: 'update' | 'delete') => {
    if (!may(permissions[verb])) return ui.noPermissionHint(permissions[verb]);
    return one.status === 'revoked' ? words.whyEnded : null;
  };
  return (
    <div className="flex flex-wrap gap-2">
      <Button whyNot={whyNot('update')} onClick={() => setOpen('change')}>
        {words.change}
      </Button>
      <Button icon="refresh" whyNot={whyNot('update')} onClick={() => setOpen('rotate')}>
        {words.rotate}
      </Button>
      <Button look="danger" whyNot={whyNot('delete')} onClick={() => setOpen('revoke')}>
        {words.revoke}
      </Button>
      <Suspense>{open === 'change' && <KeyDialog known={one} onClose={close} />}</Suspense>
      {open === 'rotate' && <RotateDialog one={one} listName={listName} onClose={close} />}
      {open === 'revoke' && <RevokeDialog one={one} listName={listName} onClose={close} />}
    </div>
  );
}

interface ActDialogProps {
  readonly one: ShownKey;
  readonly listName: string;
  readonly onClose: () => void;
}

const OVERLAPS = [86_400, 3_600, 0] as const;

function RotateDialog({ one, listName, onClose }: ActDialogProps) {
  const words = useApiKeyTexts();
  const { words: ui } = useSpeech();
  const { key } = useAnywhere();
  const shelf = useKeyShelf();
  const [overlap, setOverlap] = useState<number>(OVERLAPS[0]);
  const act = useAct({
    run: (seconds: number, options) => shelf.rotate(one.id, seconds, options),
    refreshes: [[...key, listName]],
    saysErrors: true,
  });
  if (act.data !== undefined) {
    return (
      <Dialog title={ui.secretTitle} isOpen onClose={onClose}>
        <SecretShown secret={act.data.key} what={words.secret} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      title={words.rotateTitle}
      hint={words.rotateHint}
      verb={words.rotate}
      look="primary"
      act={act}
      onConfirm={() => act.mutate(overlap)}
      onClose={onClose}
    >
      <ChoiceField
        label={words.overlap}
        value={String(overlap)}
        onChange={(event) => setOverlap(Number(event.target.value))}
        choices={OVERLAPS.map((seconds) => ({ value: String(seconds), label: words.overlaps[seconds] }))}
      />
    </ConfirmDialog>
  );
}

function RevokeDialog({ one, listName, onClose }: ActDialogProps) {
  const words = useApiKeyTexts();
  const { key } = useAnywhere();
  const shelf = useKeyShelf();
  const act = useAct({
    run: () => shelf.revoke(one.id),
    done: words.revoked,
    refreshes: [[...key, listName]],
    saysErrors: true,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={words.revokeTitle}
      hint={words.revokeHint}
      verb={words.revoke}
      keep={words.keep}
      act={act}
      onConfirm={() => act.mutate()}
      onClose={onClose}
    >
      {one.lastUsedAt !== null && (
        <p>
          {words.revokeUsed} <Time at={one.lastUsedAt} />
        </p>
      )}
    </ConfirmDialog>
  );
}
