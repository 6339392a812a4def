import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Reversal } from '../../../sdk/src/api.generated.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { operationColumns, reasonColumn } from './operation-columns.tsx';
import type { OperationFilterName } from './operation-kinds.ts';
import { useMoneyTexts } from './use-money-texts.ts';
import { useOperationFilters } from './use-operation-filters.ts';

/** All reversals, newest first. */
export function ReversalsScreen() {
  const { operation: words, reversals: list } = useMoneyTexts();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/reversals' });
  const navigate = useNavigate();
  const filters = useOperationFilters();
  const columns = useMemo(
    () => [
      ...operationColumns<Reversal>(words, place).filter(({ id }) => id !== 'settled'),
      reasonColumn<Reversal>(words),
    ],
    [words, place],
  );
  return (
    <ListScreen<Reversal, OperationFilterName>
      name="reversals"
      title={list.title}
      permission="reversal:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/reversals', params: place, search: next })}
      read={(query, signal) => api.reversals.list(query as Parameters<typeof api.reversals.list>[0], { signal })}
      emptyTitle={list.emptyTitle}
      emptyHint={list.emptyHint}
    />
  );
}
