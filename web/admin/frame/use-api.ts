import { useMemo } from 'react';
import { TollgateApi } from '../../../sdk/src/api.generated.ts';
import { createSend } from '../api/send.ts';
import { useHere } from './use-place.ts';

/** The whole API, as it answers the person who is signed in about the tenant and mode of the address. */
export function useApi(): TollgateApi {
  const { place } = useHere();
  return useMemo(() => new TollgateApi(createSend(place)), [place]);
}
