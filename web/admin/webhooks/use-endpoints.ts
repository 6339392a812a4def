import { useQuery } from '@tanstack/react-query';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';

/** A tenant has at most fifty of a mode, which is one page. */
const ENDPOINTS_MAX = 100;

/** All endpoints of the tenant and mode, for those who choose one. */
export function useEndpoints() {
  const api = useApi();
  const { key } = useHere();
  return useQuery({
    queryKey: [...key, 'webhook-endpoints', 'all'],
    queryFn: async ({ signal }) =>
      (await api.notifications.listWebhookEndpoints({ limit: ENDPOINTS_MAX }, { signal })).data,
  });
}
