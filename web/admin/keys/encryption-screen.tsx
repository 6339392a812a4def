import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { KeyStatus, RotateKeys } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { OneDataKey } from './one-data-key.tsx';
import { RotateDialog } from './rotate-dialog.tsx';
import { useEncryptionTexts } from './use-encryption-texts.ts';

const LIVE_INTERVAL_MS = 10_000;
const YEAR_MS = 365 * 86_400_000;

/** What is sealed under what, how a rotation goes, and what backups hold of it. */
export function EncryptionScreen() {
  const words = useEncryptionTexts();
  const api = useApi();
  const { key, may } = useAnywhere();
  const status = useQuery({
    queryKey: [...key, 'encryption-keys'],
    queryFn: ({ signal }) => api.operator.getKeyStatus({}, { signal }),
    refetchInterval: LIVE_INTERVAL_MS,
    enabled: may('encryption-key:read'),
  });
  if (!may('encryption-key:read')) return <NoPermission permission="encryption-key:read" />;
  return (
    <div className="grid gap-4">
      <ScreenHead title={words.title} hint={words.hint} />
      <ReadResult of={status}>{(keys) => <Whole keys={keys} />}</ReadResult>
    </div>
  );
}

type Rotation = 'master' | 'data' | 'tokens';

function Whole({ keys }: { readonly keys: KeyStatus }) {
  const words = useEncryptionTexts();
  const { words: ui } = useSpeech();
  const { may } = useAnywhere();
  const [open, setOpen] = useState<Rotation | null>(null);
  const whyNot = may('encryption-key:execute') ? null : ui.noPermissionHint('encryption-key:execute');
  const isAllUnderPrimary = keys.masterKeys.every(({ primary, dataKeys }) => primary || dataKeys === 0);
  return (
    <>
      <MasterKeys keys={keys}>
        <Button whyNot={whyNot ?? (isAllUnderPrimary ? words.nothingToDo : null)} onClick={() => setOpen('master')}>
          {words.rotate}
        </Button>
      </MasterKeys>
      <FactsCard
        title={words.data}
        shape="columns"
        facts={[
          [words.primaries, keys.dataKeys.primary],
          [words.readable, keys.dataKeys.readable],
          [words.resealing, keys.dataKeys.resealingTenants],
          [words.oldest, keys.dataKeys.oldestPrimaryAt !== null && <Time at={keys.dataKeys.oldestPrimaryAt} />],
        ]}
      >
        <p className="text-sm text-muted">{words.dataHint}</p>
        <div>
          <Button whyNot={whyNot} onClick={() => setOpen('data')}>
            {words.rotateData}
          </Button>
        </div>
      </FactsCard>
      <OneDataKey whyNot={whyNot} />
      <TokenKeys keys={keys}>
        <Button whyNot={whyNot} onClick={() => setOpen('tokens')}>
          {words.rotate}
        </Button>
      </TokenKeys>
      <section aria-label={words.backups} className="card grid gap-2 p-4">
        <h2 className="font-semibold">{words.backups}</h2>
        <ul className="grid max-w-prose list-disc gap-1 ps-5">
          {words.backupsHint.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
      {open !== null && <Rotate what={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function Rotate({ what, onClose }: { readonly what: Rotation; readonly onClose: () => void }) {
  const words = useEncryptionTexts();
  const [body] = useState<RotateKeys>(() =>
    what === 'data' ? { what, createdBefore: new Date(Date.now() - YEAR_MS).toISOString() } : { what },
  );
  const [title, hint] = {
    master: [words.rotateMasterTitle, words.rotateMasterHint] as const,
    data: [words.rotateDataTitle, words.rotateDataHint] as const,
    tokens: [words.rotateTokensTitle, words.rotateTokensHint] as const,
  }[what];
  return <RotateDialog title={title} hint={hint} body={body} onClose={onClose} />;
}

interface CardProps {
  readonly keys: KeyStatus;
  readonly children: ReactNode;
}

function MasterKeys({ keys, children }: CardProps) {
  const words = useEncryptionTexts();
  return (
    <section aria-label={words.master} className="card overflow-clip">
      <div className="flex flex-wrap items-start gap-3 px-4 pt-4">
        <div className="grow">
          <h2 className="font-semibold">{words.master}</h2>
          <p className="text-sm text-muted">{words.masterHint}</p>
        </div>
        {children}
      </div>
      <DataTable
        caption={words.master}
        rows={keys.masterKeys}
        keyOf={({ id }) => id}
        columns={[
          {
            id: 'id',
            title: words.id,
            isMain: true,
            show: ({ id }) => <code className="text-sm [overflow-wrap:anywhere]">{id}</code>,
          },
          {
            id: 'state',
            title: words.state,
            isMain: true,
            show: ({ primary, loaded }) =>
              loaded ? (
                <Badge tone={primary ? 'good' : 'idle'} label={primary ? words.primary : words.previous} />
              ) : (
                <Badge tone="bad" label={words.missing} />
              ),
          },
          { id: 'dataKeys', title: words.dataKeys, isNumber: true, show: ({ dataKeys }) => dataKeys },
        ]}
      />
    </section>
  );
}

function TokenKeys({ keys, children }: CardProps) {
  const words = useEncryptionTexts();
  return (
    <section aria-label={words.token} className="card overflow-clip">
      <div className="flex flex-wrap items-center gap-3 px-4 pt-4">
        <h2 className="grow font-semibold">{words.token}</h2>
        {children}
      </div>
      <DataTable
        caption={words.token}
        rows={keys.tokenKeys}
        keyOf={({ kid }) => kid}
        columns={[
          {
            id: 'id',
            title: words.id,
            isMain: true,
            show: ({ kid }) => <code className="text-sm [overflow-wrap:anywhere]">{kid}</code>,
          },
          {
            id: 'state',
            title: words.state,
            isMain: true,
            show: ({ state }) => <Badge tone={state === 'primary' ? 'good' : 'idle'} label={words.states[state]} />,
          },
          { id: 'created', title: words.created, show: ({ createdAt }) => <Time at={createdAt} /> },
          {
            id: 'retired',
            title: words.retired,
            show: ({ retiredAt }) => (retiredAt === null ? '–' : <Time at={retiredAt} />),
          },
        ]}
      />
    </section>
  );
}
