import { useQuery } from '@tanstack/react-query';
import { DataTable } from '../../ui/data-table.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useEditorTexts } from './use-editor-texts.ts';

/** Which secrets are valid and until when: two of a purpose while one is changed for another. */
export function EndpointSecrets({ endpointId }: { readonly endpointId: string }) {
  const words = useEditorTexts();
  const api = useApi();
  const { key } = useHere();
  const found = useQuery({
    queryKey: [...key, 'webhook-endpoints', endpointId, 'secrets'],
    queryFn: async ({ signal }) => (await api.notifications.readWebhookSecrets(endpointId, { signal })).data,
  });
  return (
    <section aria-label={words.secrets} className="card overflow-clip">
      <div className="p-4 pb-1">
        <h2 className="font-semibold">{words.secrets}</h2>
        <p className="text-sm text-muted">{words.secretsHint}</p>
      </div>
      <ReadResult of={found} rows={2}>
        {(secrets) => (
          <DataTable
            caption={words.secrets}
            rows={secrets}
            keyOf={({ id }) => id}
            columns={[
              {
                id: 'id',
                title: words.keyId,
                isMain: true,
                show: ({ id, publicKey }) => (
                  <>
                    <Copyable text={id} what={words.keyId} isShort />
                    {publicKey !== null && <Copyable text={publicKey} what={words.purposes.signing_ed25519} isShort />}
                  </>
                ),
              },
              { id: 'purpose', title: words.purpose, show: ({ purpose }) => words.purposes[purpose] },
              { id: 'since', title: words.since, show: ({ createdAt }) => <Time at={createdAt} /> },
              {
                id: 'until',
                title: words.until,
                isMain: true,
                show: ({ expiresAt }) => (expiresAt === null ? words.stays : <Time at={expiresAt} />),
              },
            ]}
          />
        )}
      </ReadResult>
    </section>
  );
}
