import { useQuery } from '@tanstack/react-query';
import { ReadResult } from '../frame/read-result.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useSettingsTexts } from './use-settings-texts.ts';

/** Where notifications come from, for firewalls in front of receivers. */
export function EgressCard() {
  const words = useSettingsTexts();
  const api = useApi();
  const { key, place } = useHere();
  const found = useQuery({
    queryKey: [...key, 'egress-addresses'],
    queryFn: ({ signal }) => api.notifications.listEgressAddresses({ signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <section aria-label={words.egress} className="card grid gap-2 p-4">
      <h2 className="font-semibold">{words.egress}</h2>
      <ReadResult of={found} rows={1}>
        {(addresses) =>
          addresses[place.mode].length === 0 ? (
            <p className="text-muted">{words.egressNone}</p>
          ) : (
            <ul className="flex flex-wrap gap-x-4 gap-y-1">
              {addresses[place.mode].map((address) => (
                <li key={address}>
                  <code>{address}</code>
                </li>
              ))}
            </ul>
          )
        }
      </ReadResult>
    </section>
  );
}
