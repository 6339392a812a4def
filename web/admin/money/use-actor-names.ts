import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';

const KEPT_MS = 60_000;

/** Names of whoever did something: people of the tenant by theirs, everybody else (keys, operators) as the API calls them. */
export function useActorNames(): (actor: string) => string {
  const api = useApi();
  const { key, may } = useHere();
  const { data } = useQuery({
    queryKey: [...key, 'users', 'names'],
    queryFn: ({ signal }) => api.people.listUsers({ limit: 100 }, { signal }),
    enabled: may('user:read'),
    staleTime: KEPT_MS,
  });
  return useMemo(() => {
    const names = new Map<string, string>(data?.data.map(({ id, name }) => [`user:${id}`, name]));
    return (actor) => names.get(actor) ?? actor;
  }, [data]);
}
