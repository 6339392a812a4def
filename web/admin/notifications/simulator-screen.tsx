import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { CreateSimulation, EventSample, Simulation, Trial } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { JsonView } from '../../ui/code-block.tsx';
import { Loading, NoPermission } from '../../ui/condition.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { Copyable } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { Failure, useAdvice } from '../failure.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { choicesOf } from '../notify/look.ts';
import { useEndpoints } from '../webhooks/use-endpoints.ts';
import { readValues } from './read-values.ts';
import { TrialView } from './trial-view.tsx';
import { useToolTexts } from './use-tool-texts.ts';
import { ValuesField } from './values-field.tsx';

type EventType = EventSample['type'];
type Dialect = CreateSimulation['dialect'];

interface Wish {
  readonly endpointId: string | null;
  readonly url: string;
  readonly dialect: Dialect;
  readonly secret: string;
  readonly type: EventType;
  readonly object: Readonly<Record<string, unknown>> | null;
}

const ELSEWHERE = 'elsewhere';

/** Sends any event in any dialect to any endpoint, with values of the developer's own in test mode. */
export function SimulatorScreen() {
  const { may } = useHere();
  return may('webhook:read') ? <OpenSimulator /> : <NoPermission permission="webhook:read" />;
}

function OpenSimulator() {
  const { simulator: words } = useToolTexts();
  const endpoints = useEndpoints();
  return (
    <div className="grid gap-4">
      <ScreenHead title={words.title} hint={words.hint} />
      {endpoints.isPending && <Loading rows={5} />}
      {endpoints.isError && !endpoints.data && (
        <Failure error={endpoints.error} onRetry={() => void endpoints.refetch()} />
      )}
      {endpoints.data !== undefined && <Bench endpoints={endpoints.data} />}
    </div>
  );
}

type Targets = readonly { readonly id: string; readonly url: string }[];

function Bench({ endpoints }: { readonly endpoints: Targets }) {
  const { simulator: words } = useToolTexts();
  const api = useApi();
  const sending = useAct<Trial | Simulation, Wish>({
    saysErrors: true,
    run: ({ endpointId, url, dialect, secret, type: eventType, object }) => {
      const edited = object === null ? {} : { object };
      if (endpointId !== null) return api.notifications.simulateEvent(endpointId, { eventType, ...edited });
      const own = secret === '' ? {} : { secret };
      return api.notifications.createSimulation({ url, dialect, eventType, ...own, ...edited });
    },
  });
  const { data } = sending;
  return (
    <>
      <WishForm endpoints={endpoints} sending={sending} onWish={(wish) => sending.mutate(wish)} />
      {data !== undefined && 'secret' in data && data.secret !== null && (
        <p>
          {words.madeSecret}: <Copyable text={data.secret} what={words.secret} />
        </p>
      )}
      {data !== undefined && <TrialView trial={data} />}
    </>
  );
}

interface WishFormProps {
  readonly endpoints: Targets;
  readonly sending: { readonly error: Error | null; readonly isPending: boolean };
  readonly onWish: (wish: Wish) => void;
}

function WishForm({ endpoints, sending, onWish }: WishFormProps) {
  const { simulator: words, types } = useToolTexts();
  const { place } = useHere();
  const { endpointId: asked } = useSearch({ from: '/inside/$tenantId/$mode/simulator' });
  const [target, setTarget] = useState(asked ?? endpoints[0]?.id ?? ELSEWHERE);
  const [type, setType] = useState<EventType>('payment.succeeded');
  const [valuesError, setValuesError] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wish = wishOf(new FormData(event.currentTarget), target, type);
    setValuesError(wish === null ? words.notJson : undefined);
    if (wish !== null) onWish(wish);
  };
  return (
    <form onSubmit={submit} noValidate className="card grid items-start gap-4 p-4 xl:grid-cols-2">
      <div className="grid min-w-0 gap-4">
        <ChoiceField
          label={words.target}
          value={target}
          onChange={(change) => setTarget(change.target.value)}
          choices={[
            ...endpoints.map(({ id, url }) => ({ value: id, label: url })),
            { value: ELSEWHERE, label: words.anyAddress },
          ]}
        />
        {target === ELSEWHERE && <Elsewhere />}
        <ChoiceField
          label={words.type}
          hint={types[type]}
          value={type}
          onChange={(change) => setType(change.target.value as EventType)}
          choices={Object.keys(types).map((one) => ({ value: one, label: one }))}
        />
        {place.mode === 'test' ? (
          <ValuesField error={valuesError} />
        ) : (
          <p className="text-sm text-muted">{words.valuesLive}</p>
        )}
        <SendButton sending={sending} />
      </div>
      <Sample type={type} />
    </form>
  );
}

/** What was entered; null where the values are no JSON object. */
function wishOf(entered: FormData, target: string, type: EventType): Wish | null {
  const textOf = (name: string) => String(entered.get(name) ?? '').trim();
  const values = readValues(textOf('values'));
  if (!values.ok) return null;
  return {
    endpointId: target === ELSEWHERE ? null : target,
    url: textOf('url'),
    dialect: textOf('dialect') as Dialect,
    secret: textOf('secret'),
    type,
    object: values.object,
  };
}

function SendButton({ sending }: Pick<WishFormProps, 'sending'>) {
  const { simulator: words } = useToolTexts();
  const { words: ui } = useSpeech();
  const advise = useAdvice();
  const { may } = useHere();
  return (
    <>
      {sending.error !== null && (
        <p role="alert" className="font-medium text-bad">
          {advise(sending.error)}
        </p>
      )}
      <div>
        <Button
          type="submit"
          look="primary"
          icon="send"
          isBusy={sending.isPending}
          whyNot={may('webhook:execute') ? null : ui.noPermissionHint('webhook:execute')}
        >
          {words.generate}
        </Button>
      </div>
    </>
  );
}

function Elsewhere() {
  const { simulator: words, dialects } = useToolTexts();
  return (
    <>
      <TextField label={words.url} hint={words.urlHint} name="url" type="url" inputMode="url" />
      <ChoiceField label={words.dialect} name="dialect" choices={choicesOf(dialects)} />
      <TextField label={words.secret} hint={words.secretHint} name="secret" type="password" autoComplete="off" />
    </>
  );
}

function Sample({ type }: { readonly type: EventType }) {
  const { simulator: words } = useToolTexts();
  const api = useApi();
  const { key } = useHere();
  const found = useQuery({
    queryKey: [...key, 'event-sample', type],
    queryFn: ({ signal }) => api.notifications.getEventSample({ type }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className="grid min-w-0 gap-1">
      <p className="text-sm font-medium">{words.sample}</p>
      <ReadResult of={found} rows={4}>
        {(read) => <JsonView value={read.data.object} label={words.sample} />}
      </ReadResult>
    </div>
  );
}
