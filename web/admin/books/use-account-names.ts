import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Choice } from '../../ui/field.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';

interface AccountNames {
  /** What people call an account; its id where nothing better is known. */
  readonly nameOf: (providerAccountId: string) => string;
  readonly choices: readonly Choice[];
  readonly isPending: boolean;
}

const KEPT_MS = 60_000;

/** The provider accounts of this tenant and mode, by name. */
export function useAccountNames(): AccountNames {
  const api = useApi();
  const { key, may } = useHere();
  const { data, isPending } = useQuery({
    queryKey: [...key, 'provider-accounts', 'names'],
    queryFn: ({ signal }) => api.providerAccounts.list({ limit: 100 }, { signal }),
    enabled: may('provider-account:read'),
    staleTime: KEPT_MS,
  });
  return useMemo(() => {
    const names = new Map(data?.data.map(({ id, name, provider }) => [id, name ?? provider] as const));
    return {
      nameOf: (id) => names.get(id) ?? `${id.slice(0, 7)}…${id.slice(-6)}`,
      choices: [...names].map(([value, label]) => ({ value, label })),
      isPending,
    };
  }, [data, isPending]);
}
