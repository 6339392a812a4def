import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { QrCode } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import type { Place } from '../api/send.ts';
import { TextLink } from '../frame/links.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import type { Filter } from '../list/filter-bar.tsx';
import { ListScreen } from '../list/list-screen.tsx';
import type { ListSearch } from '../list/list-search.ts';
import { QrCodeAmount, QrCodeStatus } from './qr-code-status.tsx';
import type { QR_CODE_FILTERS } from './qr-codes-search.ts';
import type { QrCodeTexts } from './texts-en.ts';
import { useQrCodeTexts } from './use-qr-code-texts.ts';

const AddDialog = lazy(() =>
  import('./add-qr-code-dialog.tsx').then((module) => ({ default: module.AddQrCodeDialog })),
);

type FilterName = (typeof QR_CODE_FILTERS)[number];

/** What shoppers scan to pay, the newest first. */
export function QrCodesScreen() {
  const words = useQrCodeTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { place, may } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/qr-codes' });
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const columns = useMemo(() => columnsOf(words, place), [words, place]);
  const filters = useMemo(() => filtersOf(words), [words]);
  return (
    <>
      <ListScreen<QrCode, FilterName>
        name="qr-codes"
        title={words.title}
        permission="qr-code:read"
        columns={columns}
        filters={filters}
        search={search}
        onSearch={(next) => void navigate({ to: '/$tenantId/$mode/qr-codes', params: place, search: next })}
        read={(query, signal) => api.qRCodes.listQrCodes(query as ListSearch<never>, { signal })}
        emptyTitle={words.emptyTitle}
        emptyHint={words.emptyHint}
        actions={
          <Button
            look="primary"
            whyNot={may('qr-code:create') ? null : ui.noPermissionHint('qr-code:create')}
            onClick={() => setAdding(true)}
          >
            {words.add}
          </Button>
        }
      />
      <Suspense>{isAdding && <AddDialog onClose={() => setAdding(false)} />}</Suspense>
    </>
  );
}

function columnsOf(words: QrCodeTexts, place: Place): readonly Column<QrCode>[] {
  return [
    {
      id: 'reference',
      title: words.reference,
      isMain: true,
      show: ({ id, reference, description }) => (
        <TextLink to="/$tenantId/$mode/qr-codes/$qrCodeId" params={{ ...place, qrCodeId: id }}>
          {reference ?? description ?? words.noReference}
        </TextLink>
      ),
    },
    { id: 'status', title: words.status, isMain: true, show: ({ status }) => <QrCodeStatus status={status} /> },
    { id: 'kind', title: words.kind, show: ({ kind }) => words.kinds[kind] },
    { id: 'amount', title: words.amount, isNumber: true, show: (code) => <QrCodeAmount code={code} /> },
    {
      id: 'uses',
      title: words.uses,
      isNumber: true,
      show: ({ usesMade, usesMax }) => words.usesOf(usesMade, usesMax),
    },
    { id: 'description', title: words.description, isExtra: true, show: ({ description }) => description ?? '–' },
    {
      id: 'expires',
      title: words.expires,
      show: ({ expiresAt }) => (expiresAt === null ? words.never : <Time at={expiresAt} />),
    },
    { id: 'created', title: words.created, isExtra: true, show: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'id', title: words.id, isExtra: true, show: ({ id }) => <Copyable text={id} what={words.id} isShort /> },
  ];
}

function filtersOf(words: QrCodeTexts): readonly Filter<FilterName>[] {
  const choicesOf = (labels: Readonly<Record<string, string>>) =>
    Object.entries(labels).map(([value, label]) => ({ value, label }));
  return [
    { name: 'status', label: words.status, choices: choicesOf(words.statuses) },
    { name: 'kind', label: words.kind, choices: choicesOf(words.kinds) },
    { name: 'reference', label: words.reference },
  ];
}
