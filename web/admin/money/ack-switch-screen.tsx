import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { AckReversals } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Condition, NoPermission } from '../../ui/condition.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { useMoneyTexts } from './use-money-texts.ts';

const SwitchDialog = lazy(() =>
  import('./ack-switch-dialogs.tsx').then((module) => ({ default: module.SwitchDialog })),
);
const RestoredDialog = lazy(() =>
  import('./ack-switch-dialogs.tsx').then((module) => ({ default: module.RestoredDialog })),
);

/** The kill switch: whether payments are given back anywhere where nobody acknowledges them. */
export function AckSwitchScreen() {
  const { may } = useAnywhere();
  return may('ack-reversal:read') ? <OpenSwitch /> : <NoPermission permission="ack-reversal:read" />;
}

const LIVE_MS = 10_000;

function OpenSwitch() {
  const { killSwitch: words } = useMoneyTexts();
  const api = useApi();
  const { key } = useAnywhere();
  const found = useQuery({
    queryKey: [...key, 'ack-reversals'],
    queryFn: ({ signal }) => api.operator.getAckReversals({ signal }),
    refetchInterval: LIVE_MS,
  });
  return (
    <div className="grid gap-4">
      <ScreenHead title={words.title} hint={words.hint}>
        {found.data !== undefined && <Acts reversals={found.data} />}
      </ScreenHead>
      <ReadResult of={found}>
        {(reversals) => (
          <>
            <FactsCard
              title={words.state}
              isTitleHidden
              shape="figures"
              facts={[
                [words.state, <State key="state" isOn={reversals.enabled} />],
                [
                  words.waiting,
                  <span key="waiting" className="number">
                    {reversals.waiting}
                  </span>,
                ],
              ]}
            />
            <Moved switches={reversals.switches} />
          </>
        )}
      </ReadResult>
    </div>
  );
}

function State({ isOn }: { readonly isOn: boolean }) {
  const { killSwitch: words } = useMoneyTexts();
  return <Badge tone={isOn ? 'good' : 'bad'} icon={isOn ? 'check' : 'pause'} label={isOn ? words.on : words.off} />;
}

function Acts({ reversals }: { readonly reversals: AckReversals }) {
  const { killSwitch: words } = useMoneyTexts();
  const { words: ui } = useSpeech();
  const { may } = useAnywhere();
  const [open, setOpen] = useState<'switch' | 'restored' | null>(null);
  const whyNot = (permission: 'ack-reversal:update' | 'ack-reversal:execute') =>
    may(permission) ? null : ui.noPermissionHint(permission);
  return (
    <div className="flex flex-wrap gap-2">
      <Button whyNot={whyNot('ack-reversal:execute')} onClick={() => setOpen('restored')}>
        {words.restored}
      </Button>
      <Button
        look={reversals.enabled ? 'danger' : 'primary'}
        icon={reversals.enabled ? 'pause' : 'right'}
        whyNot={whyNot('ack-reversal:update')}
        onClick={() => setOpen('switch')}
      >
        {reversals.enabled ? words.turnOff : words.turnOn}
      </Button>
      <Suspense>
        {open === 'switch' && <SwitchDialog turnsOn={!reversals.enabled} onClose={() => setOpen(null)} />}
        {open === 'restored' && <RestoredDialog onClose={() => setOpen(null)} />}
      </Suspense>
    </div>
  );
}

function Moved({ switches }: { readonly switches: AckReversals['switches'] }) {
  const { killSwitch: words } = useMoneyTexts();
  return (
    <section aria-label={words.history} className="card overflow-clip">
      <h2 className="p-4 pb-2 font-semibold">{words.history}</h2>
      {switches.length === 0 ? (
        <Condition icon="clock" title={words.none} />
      ) : (
        <DataTable
          caption={words.history}
          keyOf={({ tenantId }) => tenantId ?? 'all'}
          rows={switches}
          columns={[
            { id: 'scope', title: words.scope, isMain: true, show: ({ tenantId }) => tenantId ?? words.scopeAll },
            { id: 'position', title: words.position, isMain: true, show: ({ enabled }) => <State isOn={enabled} /> },
            { id: 'reason', title: words.reason, show: ({ reason }) => reason },
            { id: 'who', title: words.who, show: ({ changedBy }) => changedBy },
            { id: 'when', title: words.when, show: ({ changedAt }) => <Time at={changedAt} seconds /> },
          ]}
        />
      )}
    </section>
  );
}
