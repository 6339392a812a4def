import { lazy, type ReactNode, Suspense, useMemo, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useAnywhere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import type { ListSearch } from '../list/list-search.ts';
import { KeyStatus } from './key-status.tsx';
import type { ApiKeyTexts } from './texts-en.ts';
import { useApiKeyTexts } from './use-api-key-texts.ts';
import { type ShownKey, useKeyShelf } from './use-key-shelf.ts';

const KeyDialog = lazy(() => import('./key-dialog.tsx').then((module) => ({ default: module.KeyDialog })));

interface KeysListProps {
  readonly search: ListSearch<never>;
  readonly onSearch: (search: ListSearch<never>) => void;
  readonly linkTo: (key: ShownKey) => ReactNode;
}

/** The keys of the place, the revoked ones included, and a way to one more. */
export function KeysList({ search, onSearch, linkTo }: KeysListProps) {
  const words = useApiKeyTexts();
  const { words: ui } = useSpeech();
  const { may } = useAnywhere();
  const shelf = useKeyShelf();
  const [isAdding, setAdding] = useState(false);
  const columns = useMemo(() => columnsOf(words, linkTo), [words, linkTo]);
  return (
    <>
      <ListScreen<ShownKey, never>
        name={shelf.kind === 'tenant' ? 'api-keys' : 'operator-keys'}
        title={words.titles[shelf.kind]}
        hint={words.hints[shelf.kind]}
        permission={shelf.permissions.read}
        columns={columns}
        filters={[]}
        search={search}
        onSearch={onSearch}
        read={shelf.list}
        emptyTitle={words.emptyTitle}
        emptyHint={words.emptyHint}
        actions={
          <Button
            look="primary"
            whyNot={may(shelf.permissions.create) ? null : ui.noPermissionHint(shelf.permissions.create)}
            onClick={() => setAdding(true)}
          >
            {words.add}
          </Button>
        }
      />
      <Suspense>{isAdding && <KeyDialog onClose={() => setAdding(false)} />}</Suspense>
    </>
  );
}

function columnsOf(words: ApiKeyTexts, linkTo: KeysListProps['linkTo']): readonly Column<ShownKey>[] {
  return [
    { id: 'name', title: words.name, isMain: true, show: linkTo },
    { id: 'status', title: words.status, isMain: true, show: ({ status }) => <KeyStatus status={status} /> },
    { id: 'grants', title: words.grants, show: ({ grants }) => <Grants grants={grants} /> },
    {
      id: 'lastUsed',
      title: words.lastUsed,
      show: ({ lastUsedAt }) => (lastUsedAt === null ? words.never : <Time at={lastUsedAt} />),
    },
    {
      id: 'expires',
      title: words.expires,
      show: ({ expiresAt }) => (expiresAt === null ? words.noEnd : <Time at={expiresAt} />),
    },
    {
      id: 'createdBy',
      title: words.createdBy,
      isExtra: true,
      show: ({ createdBy }) => createdBy ?? words.unknownMaker,
    },
    { id: 'created', title: words.created, isExtra: true, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}

/** The first two by name, and how many more there are. */
function Grants({ grants }: Pick<ShownKey, 'grants'>) {
  const more = grants.length - 2;
  return (
    <span className="font-mono text-sm">
      {grants.slice(0, 2).join(', ')}
      {more > 0 ? ` +${more}` : ''}
    </span>
  );
}
