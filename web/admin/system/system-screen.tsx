import { useQuery } from '@tanstack/react-query';
import type { System } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { JobsCard, LanesCard, ProcessesCard } from './system-cards.tsx';
import { useSystemTexts } from './use-system-texts.ts';

const LIVE_INTERVAL_MS = 10_000;

/** How the installation is: the doctor's rows, its processes, and the work that waits. */
export function SystemScreen() {
  const words = useSystemTexts();
  const api = useApi();
  const { key, may } = useAnywhere();
  const found = useQuery({
    queryKey: [...key, 'system'],
    queryFn: ({ signal }) => api.operator.getSystem({ signal }),
    refetchInterval: LIVE_INTERVAL_MS,
    enabled: may('system:read'),
  });
  if (!may('system:read')) return <NoPermission permission="system:read" />;
  return (
    <div className="grid gap-4">
      <ScreenHead
        title={words.title}
        hint={words.hint}
        beside={
          found.data && (
            <span className="text-muted">
              {words.version} {found.data.version}
            </span>
          )
        }
      />
      <ReadResult of={found}>
        {(system) => (
          <>
            <Checks system={system} />
            <ProcessesCard system={system} />
            <LanesCard system={system} />
            <JobsCard system={system} />
          </>
        )}
      </ReadResult>
    </div>
  );
}

type CheckStatus = System['checks'][number]['status'];

const TONES: Readonly<Record<CheckStatus, Tone>> = { ok: 'good', warning: 'warn', failed: 'bad', unknown: 'idle' };
/** What wants somebody comes first. */
const ORDER: readonly CheckStatus[] = ['failed', 'warning', 'unknown', 'ok'];

function Checks({ system }: { readonly system: System }) {
  const words = useSystemTexts();
  const rows = system.checks.toSorted((one, other) => ORDER.indexOf(one.status) - ORDER.indexOf(other.status));
  const isWell = rows.every(({ status }) => status === 'ok' || status === 'unknown');
  return (
    <section aria-label={words.checks} className="card grid gap-1 p-4">
      <h2 className="font-semibold">{words.checks}</h2>
      {isWell && <p className="text-good">{words.allWell}</p>}
      <ul className="grid">
        {rows.map(({ name, status, detail, fix }) => (
          <li
            key={name}
            className="grid gap-x-4 gap-y-1 border-b border-line py-2.5 last:border-0 sm:grid-cols-[12rem_1fr]"
          >
            <div className="flex flex-wrap items-center gap-2 sm:block">
              <p lang="en" className="font-medium">
                {name}
              </p>
              <Badge tone={TONES[status]} label={words.statuses[status]} />
            </div>
            <div className="min-w-0 [overflow-wrap:anywhere]">
              <p lang="en">{detail}</p>
              {fix !== null && (
                <p className="text-muted">
                  {words.fix} <span lang="en">{fix}</span>
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
