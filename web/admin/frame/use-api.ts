import { useMemo } from 'react';
import { TollgateApi } from '../../../sdk/src/api.generated.ts';
import { createSend } from '../api/send.ts';
import { useAnywhere } from './use-place.ts';

/**
 * The whole API, as it answers the person who is signed in: about the tenant and mode of the address, or, at the place of
 * the operator, about the installation.
 */
export function useApi(): TollgateApi {
  const { place } = useAnywhere();
  return useMemo(() => new TollgateApi(createSend(place)), [place]);
}
