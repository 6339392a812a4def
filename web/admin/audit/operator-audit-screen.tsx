import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { AuditProof } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { AuditList } from './audit-list.tsx';
import { useAuditTexts } from './use-audit-texts.ts';

/** Who did what in the installation or for a tenant, how far it is signed, and whether it is as it was written. */
export function OperatorAuditScreen() {
  const words = useAuditTexts();
  const api = useApi();
  const { may } = useAnywhere();
  const search = useSearch({ from: '/inside/operator/audit' });
  const navigate = useNavigate();
  const { tenantId } = search;
  return (
    <>
      <AuditList<'tenantId'>
        permission="audit-record:read"
        filters={[{ name: 'tenantId', label: words.tenant }]}
        search={search}
        onSearch={(next) => void navigate({ to: '/operator/audit', search: next })}
        read={(query, signal) => api.operator.listAuditEntriesAs(query, { signal })}
      />
      {may('audit-record:read') && <Chain key={tenantId} tenantId={tenantId ?? 'system'} />}
    </>
  );
}

function Chain({ tenantId }: { readonly tenantId: string }) {
  const words = useAuditTexts();
  const { locale } = useSpeech();
  const api = useApi();
  const { key } = useAnywhere();
  const state = useQuery({
    queryKey: [...key, 'audit-state', tenantId],
    queryFn: ({ signal }) => api.operator.getAuditState({ tenantId }, { signal }),
  });
  const proving = useAct({
    run: () => api.operator.verifyAuditChain({ tenantId }),
    refreshes: [[...key, 'audit-state']],
  });
  const number = new Intl.NumberFormat(locale);
  return (
    <div className="mt-5">
      <ReadResult of={state} rows={2}>
        {({ entries, signed, lastCheckpoint }) => (
          <FactsCard
            title={words.chain}
            shape="columns"
            facts={[
              [words.entries, number.format(entries)],
              [words.signed, number.format(signed)],
              [
                words.lastCheckpoint,
                lastCheckpoint === null ? (
                  words.noCheckpoint
                ) : (
                  <span key="last">
                    {number.format(lastCheckpoint.number)}, <Time at={lastCheckpoint.at} seconds />
                  </span>
                ),
              ],
            ]}
          >
            <p className="max-w-prose text-sm text-muted">{words.verifyHint}</p>
            <div>
              <Button icon="check" isBusy={proving.isPending} onClick={() => proving.mutate()}>
                {words.verify}
              </Button>
            </div>
            <div role="status">{proving.data !== undefined && <Proof proof={proving.data} />}</div>
          </FactsCard>
        )}
      </ReadResult>
    </div>
  );
}

function Proof({ proof }: { readonly proof: AuditProof }) {
  const words = useAuditTexts();
  const { locale } = useSpeech();
  const number = new Intl.NumberFormat(locale);
  if (proof.findings.length === 0) {
    return (
      <p className="font-medium text-good">
        {words.proven(number.format(proof.entries), number.format(proof.checkpoints))}
      </p>
    );
  }
  return (
    <div className="font-medium text-bad">
      <p>{words.broken}</p>
      <ul lang="en" className="list-disc ps-5">
        {proof.findings.map(({ kind, says }) => (
          <li key={`${kind} ${says}`}>{says}</li>
        ))}
      </ul>
    </div>
  );
}
