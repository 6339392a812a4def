import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Capture } from '../../../sdk/src/api.generated.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { duplicateColumn, operationColumns } from './operation-columns.tsx';
import type { OperationFilterName } from './operation-kinds.ts';
import { useMoneyTexts } from './use-money-texts.ts';
import { useOperationFilters } from './use-operation-filters.ts';

/** All captures, newest first. */
export function CapturesScreen() {
  const { operation: words, captures: list } = useMoneyTexts();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/captures' });
  const navigate = useNavigate();
  const filters = useOperationFilters();
  const columns = useMemo(
    () => [...operationColumns<Capture>(words, place), duplicateColumn<Capture>(words)],
    [words, place],
  );
  return (
    <ListScreen<Capture, OperationFilterName>
      name="captures"
      title={list.title}
      permission="capture:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/captures', params: place, search: next })}
      read={(query, signal) => api.captures.list(query as Parameters<typeof api.captures.list>[0], { signal })}
      emptyTitle={list.emptyTitle}
      emptyHint={list.emptyHint}
    />
  );
}
