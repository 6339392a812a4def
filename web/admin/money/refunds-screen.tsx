import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Refund } from '../../../sdk/src/api.generated.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { ListScreen } from '../list/list-screen.tsx';
import { duplicateColumn, operationColumns, reasonColumn } from './operation-columns.tsx';
import type { OperationFilterName } from './operation-kinds.ts';
import { useMoneyTexts } from './use-money-texts.ts';
import { useOperationFilters } from './use-operation-filters.ts';

/** All refunds, newest first. */
export function RefundsScreen() {
  const { operation: words, refunds: list } = useMoneyTexts();
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/refunds' });
  const navigate = useNavigate();
  const filters = useOperationFilters();
  const columns = useMemo(
    () => [
      ...operationColumns<Refund>(words, place).slice(0, 2),
      reasonColumn<Refund>(words),
      ...operationColumns<Refund>(words, place).slice(2),
      duplicateColumn<Refund>(words),
    ],
    [words, place],
  );
  return (
    <ListScreen<Refund, OperationFilterName>
      name="refunds"
      title={list.title}
      permission="refund:read"
      columns={columns}
      filters={filters}
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/refunds', params: place, search: next })}
      read={(query, signal) => api.refunds.list(query as Parameters<typeof api.refunds.list>[0], { signal })}
      emptyTitle={list.emptyTitle}
      emptyHint={list.emptyHint}
    />
  );
}
