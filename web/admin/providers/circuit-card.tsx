import type { ProviderAccount } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { CircuitState } from './account-status.tsx';
import { useProviderTexts } from './use-provider-texts.ts';

/** How the account has lately answered, and a way to close its circuit. */
export function CircuitCard({ account: { id, circuit } }: { readonly account: ProviderAccount }) {
  const words = useProviderTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const resetting = useAct({
    run: (_: null, options) => api.providerAccounts.resetCircuit(id, options),
    refreshes: [[...key, 'provider-accounts']],
    done: words.resetDone,
  });
  const { state, failures, since, retryAt } = circuit;
  const isIdle = state === 'closed' && failures === 0;
  const mayNot = may('provider-account:update') ? null : ui.noPermissionHint('provider-account:update');
  return (
    <FactsCard
      shape="pairs"
      title={words.circuit}
      facts={[
        [words.status, <CircuitState key="state" state={state} />],
        [words.failures(failures), failures === 0 ? null : since === null ? '–' : <Time key="since" at={since} />],
        [words.retryAt, retryAt === null ? null : <Time key="retry" at={retryAt} seconds />],
      ]}
    >
      <p>{words.circuitHints[state]}</p>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          whyNot={mayNot ?? (isIdle ? words.resetIdle : null)}
          isBusy={resetting.isPending}
          onClick={() => resetting.mutate(null)}
        >
          {words.reset}
        </Button>
        <span className="text-sm text-muted">{isIdle ? words.resetIdle : words.resetHint}</span>
      </div>
    </FactsCard>
  );
}
