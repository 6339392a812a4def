import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import type { EffectiveWebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Condition, NoPermission } from '../../ui/condition.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useEndpoints } from '../webhooks/use-endpoints.ts';
import type { SettingsTexts } from './settings-texts-en.ts';
import { useSettingsTexts } from './use-settings-texts.ts';

type Settings = EffectiveWebhookEndpoint['settings'];

/** What counts for an endpoint, for one payment or at all, and where each setting was made. */
export function EffectiveScreen() {
  const { may } = useHere();
  return may('webhook:read') ? <OpenEffective /> : <NoPermission permission="webhook:read" />;
}

function OpenEffective() {
  const words = useSettingsTexts();
  const { place } = useHere();
  const endpoints = useEndpoints();
  return (
    <>
      <BackLink to="/$tenantId/$mode/notifications" params={place}>
        {words.title}
      </BackLink>
      <div className="grid gap-4">
        <ScreenHead title={words.effective} hint={words.effectiveHint} />
        <ReadResult of={endpoints}>
          {(all) =>
            all.length === 0 ? (
              <Condition icon="signal" title={words.noEndpoint}>
                <p>{words.noEndpointHint}</p>
              </Condition>
            ) : (
              <Chosen endpoints={all} />
            )
          }
        </ReadResult>
      </div>
    </>
  );
}

function Chosen({ endpoints }: { readonly endpoints: readonly { readonly id: string; readonly url: string }[] }) {
  const words = useSettingsTexts();
  const api = useApi();
  const { key, place } = useHere();
  const navigate = useNavigate();
  const search = useSearch({ from: '/inside/$tenantId/$mode/notifications/effective' });
  const endpointId = search.endpointId ?? endpoints[0]?.id ?? '';
  const paymentId = search.paymentId ?? '';
  const go = (next: { readonly endpointId: string; readonly paymentId: string }) =>
    void navigate({
      to: '/$tenantId/$mode/notifications/effective',
      params: place,
      search: next.paymentId === '' ? { endpointId: next.endpointId } : next,
    });
  const found = useQuery({
    queryKey: [...key, 'webhook-endpoints', endpointId, 'effective', paymentId],
    queryFn: ({ signal }) =>
      api.notifications.explainWebhookEndpoint(endpointId, paymentId === '' ? {} : { paymentId }, { signal }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    go({ endpointId, paymentId: String(new FormData(event.currentTarget).get('paymentId') ?? '').trim() });
  };
  return (
    <>
      <form onSubmit={submit} className="grid gap-4 md:grid-cols-2">
        <ChoiceField
          label={words.endpoint}
          className="min-w-0"
          value={endpointId}
          onChange={(event) => go({ endpointId: event.target.value, paymentId })}
          choices={endpoints.map(({ id, url }) => ({ value: id, label: url }))}
        />
        <TextField
          key={paymentId}
          label={words.payment}
          hint={words.paymentHint}
          name="paymentId"
          type="search"
          defaultValue={paymentId}
          onBlur={({ target: { value } }) => value.trim() !== paymentId && go({ endpointId, paymentId: value.trim() })}
        />
      </form>
      <ReadResult of={found}>{(effective) => <Whole effective={effective} />}</ReadResult>
    </>
  );
}

const LEVELS: Readonly<Record<Settings['url']['level'], Tone>> = {
  payment: 'info',
  product: 'warn',
  tenant: 'good',
  default: 'idle',
};

function Whole({ effective }: { readonly effective: EffectiveWebhookEndpoint }) {
  const words = useSettingsTexts();
  const names = Object.keys(words.settings) as (keyof Settings)[];
  const rows = names.map((name) => ({ name, ...effective.settings[name] }));
  return (
    <>
      {effective.held !== null && (
        <p role="status" className="rounded-md bg-warn-soft p-3 text-warn">
          <span className="font-semibold">{words.held}.</span> {effective.held.detail}{' '}
          {words.waiting(effective.waiting.count)}.
        </p>
      )}
      <section aria-label={words.effective} className="card overflow-clip">
        <DataTable
          caption={words.effective}
          rows={rows}
          keyOf={({ name }) => name}
          columns={[
            { id: 'setting', title: words.setting, isMain: true, show: ({ name }) => words.settings[name] },
            {
              id: 'value',
              title: words.value,
              isMain: true,
              show: ({ name, level }) => (
                <>
                  <span className="[overflow-wrap:anywhere]">{shownValue(name, effective, words)}</span>
                  <span className="block text-sm text-muted md:hidden">{words.levels[level]}</span>
                </>
              ),
            },
            {
              id: 'level',
              title: words.level,
              show: ({ level }) => <Badge tone={LEVELS[level]} icon="right" label={words.levels[level]} />,
            },
          ]}
        />
      </section>
      {effective.isMain && <p className="text-sm text-muted">{words.isMain}</p>}
      <section aria-label={words.events} className="card overflow-clip">
        <h2 className="p-4 pb-0 font-semibold">{words.events}</h2>
        <DataTable
          caption={words.events}
          rows={effective.events}
          keyOf={({ type }) => type}
          columns={[
            { id: 'event', title: words.event, isMain: true, show: ({ type }) => type },
            {
              id: 'sent',
              title: words.sent,
              isMain: true,
              show: ({ sent }) => <Badge tone={sent ? 'good' : 'idle'} label={sent ? words.sent : words.notSent} />,
            },
            { id: 'why', title: words.why, show: ({ detail }) => <span className="text-muted">{detail}</span> },
          ]}
        />
      </section>
    </>
  );
}

/** A value as people say it. */
function shownValue(name: keyof Settings, { settings }: EffectiveWebhookEndpoint, words: SettingsTexts): string {
  const { value } = settings[name];
  if (name === 'ackPolicy') return words.policies[settings.ackPolicy.value.type];
  if (value === null) return name === 'schedule' ? words.asDialect : words.none;
  if (typeof value === 'boolean') return value ? words.on : words.off;
  if (typeof value === 'object') return 'join' in value ? value.join(', ') : '';
  return String(value);
}
