import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { NoPermission } from '../../ui/condition.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { Attention } from './attention.tsx';
import { Figures } from './figures.tsx';
import { periodOf } from './home-search.ts';
import { PeriodChoice } from './period-choice.tsx';
import { useHomeTexts } from './use-home-texts.ts';

const LIVE_INTERVAL_MS = 30_000;

/** How the payments of all tenants go, and what wants somebody in any of them. */
export function OperatorHomeScreen() {
  const { may } = useAnywhere();
  return may('overview:read') ? <OpenHome /> : <NoPermission permission="overview:read" />;
}

function OpenHome() {
  const { home: words } = useHomeTexts();
  const api = useApi();
  const { key } = useAnywhere();
  const search = useSearch({ from: '/inside/operator/' });
  const navigate = useNavigate();
  const mode = search.mode ?? 'live';
  const found = useQuery({
    queryKey: [...key, 'home', mode, search.range],
    queryFn: ({ signal }) => api.operator.getOverviewAs({ ...periodOf(search.range), mode }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: LIVE_INTERVAL_MS,
  });
  return (
    <div className="grid gap-4">
      <ScreenHead title={words.title}>
        <PeriodChoice
          search={search}
          onSearch={(next) => void navigate({ to: '/operator', search: next })}
          overview={found.data}
          hasMode
        />
      </ScreenHead>
      <ReadResult of={found} rows={8}>
        {(overview) => (
          <>
            <Figures overview={overview} currency={search.currency} linkOf={() => null} />
            <Attention attention={overview.attention} linkOf={(_counted, label) => label} />
          </>
        )}
      </ReadResult>
    </div>
  );
}
