import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loading } from '../../ui/condition.tsx';
import { Failure } from '../failure.tsx';

interface ReadResultProps<Data> {
  readonly of: UseQueryResult<Data>;
  /** As many gray bars as what is on its way will take up. */
  readonly rows?: number;
  /** Nothing else is on the page. */
  readonly isPage?: boolean;
  readonly children: (data: Data) => ReactNode;
}

/** What was read, or in its place that it is on its way or why it did not come. What was read before stays. */
export function ReadResult<Data>({ of: found, rows = 6, isPage = false, children }: ReadResultProps<Data>) {
  if (found.data !== undefined) return children(found.data);
  if (found.isError) return <Failure isPage={isPage} error={found.error} onRetry={() => void found.refetch()} />;
  return <Loading rows={rows} />;
}
