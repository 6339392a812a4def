import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { LimitBasket } from '../../../sdk/src/api.generated.ts';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import { Button } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { LimitUsage } from './limit-usage.tsx';
import { itemTypesText, LimitState, maximum } from './limit-words.tsx';
import { useLimitTexts } from './use-limit-texts.ts';

const LimitDialog = lazy(() => import('./limit-dialog.tsx').then((module) => ({ default: module.LimitDialog })));

/** One limit: what it says, and what is left of it for somebody. */
export function LimitScreen() {
  const { may } = useHere();
  return may('limit-basket:read') ? <OpenLimit /> : <NoPermission permission="limit-basket:read" />;
}

function OpenLimit() {
  const words = useLimitTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { basketId } = useParams({ from: '/inside/$tenantId/$mode/limits/$basketId' });
  const found = useQuery({
    queryKey: [...key, 'limit-baskets', basketId],
    queryFn: ({ signal }) => api.limits.getBasket(basketId, { signal }),
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/limits" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(basket) => <Whole basket={basket} />}
      </ReadResult>
    </>
  );
}

function Whole({ basket }: { readonly basket: LimitBasket }) {
  const words = useLimitTexts();
  const { locale } = useSpeech();
  const { currency, dailyMax, dailyCountMax, monthlyMax, monthlyCountMax } = basket;
  return (
    <div className="grid gap-4">
      <ScreenHead title={basket.name ?? words.noName} beside={<LimitState active={basket.active} />} />
      <LimitActions basket={basket} />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <FactsCard
          shape="pairs"
          title={words.rules}
          facts={[
            [words.itemTypes, itemTypesText(basket, words)],
            [words.per, words.pers[basket.per]],
            [words.dailyMax, maximum({ amount: dailyMax, count: dailyCountMax, currency }, words, locale)],
            [words.monthlyMax, maximum({ amount: monthlyMax, count: monthlyCountMax, currency }, words, locale)],
            [words.currency, currency],
            [words.timeZone, basket.timeZone],
            [words.whenUnnamed, words.whenUnnameds[basket.whenUnnamed]],
            [words.created, <Time key="created" at={basket.createdAt} />],
            [words.updated, <Time key="updated" at={basket.updatedAt} />],
            [words.id, <Copyable key="id" text={basket.id} what={words.id} />],
          ]}
        />
        <LimitUsage basket={basket} />
      </div>
    </div>
  );
}

function LimitActions({ basket }: { readonly basket: LimitBasket }) {
  const words = useLimitTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, place, may } = useHere();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'edit' | 'off' | 'remove' | null>(null);
  const close = () => setOpen(null);
  const whyNot = (permission: Permission) => (may(permission) ? null : ui.noPermissionHint(permission));
  const switching = useAct({
    run: (active: boolean) => api.limits.updateBasket(basket.id, { active }),
    refreshes: [[...key, 'limit-baskets']],
    done: basket.active ? words.switchedOff : words.switchedOn,
    onDone: close,
    ...(basket.active ? { saysErrors: true } : {}),
  });
  const removing = useAct({
    run: () => api.limits.deleteBasket(basket.id),
    done: words.removed,
    onDone: () => void navigate({ to: '/$tenantId/$mode/limits', params: place }),
    saysErrors: true,
  });
  return (
    <div className="flex flex-wrap gap-2">
      <Button look="primary" whyNot={whyNot('limit-basket:update')} onClick={() => setOpen('edit')}>
        {words.edit}
      </Button>
      {basket.active ? (
        <Button icon="pause" whyNot={whyNot('limit-basket:update')} onClick={() => setOpen('off')}>
          {words.switchOff}
        </Button>
      ) : (
        <Button
          icon="right"
          whyNot={whyNot('limit-basket:update')}
          isBusy={switching.isPending}
          onClick={() => switching.mutate(true)}
        >
          {words.switchOn}
        </Button>
      )}
      <Button icon="cross" whyNot={whyNot('limit-basket:delete')} onClick={() => setOpen('remove')}>
        {words.remove}
      </Button>
      <Suspense>{open === 'edit' && <LimitDialog basket={basket} onClose={close} />}</Suspense>
      {open === 'off' && (
        <ConfirmDialog
          title={words.switchOffTitle}
          hint={words.switchOffHint}
          verb={words.switchOff}
          keep={words.keep}
          act={switching}
          onConfirm={() => switching.mutate(false)}
          onClose={close}
        />
      )}
      {open === 'remove' && (
        <ConfirmDialog
          title={words.removeTitle}
          hint={words.removeHint}
          verb={words.remove}
          keep={words.keep}
          act={removing}
          onConfirm={() => removing.mutate(undefined)}
          onClose={close}
        />
      )}
    </div>
  );
}
