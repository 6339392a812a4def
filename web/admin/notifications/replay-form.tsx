import { type FormEvent, useState } from 'react';
import type { Replay, ReplayEvents } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { CheckField, ChoiceField, TextField } from '../../ui/field.tsx';
import { ApiProblem } from '../api/problem.ts';
import { useAdvice } from '../failure.tsx';
import type { ReplayWish } from './begin-replay-screen.tsx';
import type { ToolTexts } from './tool-texts-en.ts';
import { useToolTexts } from './use-tool-texts.ts';

type Status = Replay['status'][number];
const MISSED: ReadonlySet<Status> = new Set<Status>(['none', 'exhausted', 'canceled']);
const RATE_DEFAULT = 50;

interface ReplayFormProps {
  readonly endpoints: readonly { readonly id: string; readonly url: string }[];
  /** What the address asks for; a link from a list brings its endpoint along. */
  readonly start: { readonly endpointId?: string; readonly status?: string };
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onSubmit: (wish: ReplayWish) => void;
}

/** Which events, by time, type and what became of them. */
export function ReplayForm({ endpoints, start, isBusy, error, onSubmit }: ReplayFormProps) {
  const { replays: words } = useToolTexts();
  const advise = useAdvice();
  const [missing, setMissing] = useState<Gaps>({});
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { wish, gaps } = wishOf(new FormData(event.currentTarget), words);
    setMissing(gaps);
    if (wish !== null) onSubmit(wish);
  };
  return (
    <form onSubmit={submit} noValidate className="card grid max-w-2xl gap-4 p-4">
      <ChoiceField
        label={words.endpoint}
        name="endpointId"
        defaultValue={start.endpointId}
        error={ruleFor('endpoint', error)}
        choices={endpoints.map(({ id, url }) => ({ value: id, label: url }))}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={words.since}
          name="since"
          type="datetime-local"
          step={1}
          error={missing.since ?? ruleFor('since', error)}
        />
        <TextField
          label={words.until}
          hint={words.untilHint}
          name="until"
          type="datetime-local"
          step={1}
          error={ruleFor('until', error)}
        />
      </div>
      <StatusField start={start.status} error={missing.status} />
      <TextField label={words.types} hint={words.typesHint} name="types" error={ruleFor('eventTypes', error)} />
      <TextField
        label={words.rate}
        hint={words.rateHint}
        name="rate"
        type="number"
        min={1}
        max={500}
        defaultValue={RATE_DEFAULT}
        error={ruleFor('rate', error)}
      />
      {error !== null && (
        <p role="alert" className="font-medium text-bad">
          {advise(error)}
        </p>
      )}
      <div>
        <Button type="submit" look="primary" isBusy={isBusy}>
          {words.look}
        </Button>
      </div>
    </form>
  );
}

interface Gaps {
  readonly since?: string;
  readonly status?: string;
}

/** What was entered, where it is enough; else what is missing. */
function wishOf(
  entered: FormData,
  words: ToolTexts['replays'],
): { readonly wish: ReplayWish | null; readonly gaps: Gaps } {
  const since = instantOf(entered.get('since'));
  const status = entered.getAll('status') as Status[];
  if (since === null || status.length === 0) {
    const gaps = {
      ...(since === null ? { since: words.sinceMissing } : {}),
      ...(status.length === 0 ? { status: words.statusMissing } : {}),
    };
    return { wish: null, gaps };
  }
  const until = instantOf(entered.get('until'));
  const types = String(entered.get('types') ?? '')
    .split(/[\s,]+/)
    .filter(Boolean);
  const body: ReplayEvents = {
    since,
    status,
    ratePerSecond: Number(entered.get('rate')) || RATE_DEFAULT,
    ...(until === null ? {} : { until }),
    ...(types.length === 0 ? {} : { eventTypes: types as NonNullable<ReplayEvents['eventTypes']> }),
  };
  return { wish: { endpointId: String(entered.get('endpointId')), body }, gaps: {} };
}

interface StatusFieldProps {
  readonly start: string | undefined;
  readonly error: string | undefined;
}

function StatusField({ start, error }: StatusFieldProps) {
  const { replays: words } = useToolTexts();
  const statuses = Object.entries(words.statuses) as [Status, string][];
  return (
    <fieldset className="grid gap-2" aria-describedby={error === undefined ? undefined : 'status-missing'}>
      <legend className="mb-1 text-sm font-medium">{words.which}</legend>
      {statuses.map(([value, label]) => (
        <CheckField
          key={value}
          name="status"
          value={value}
          label={label}
          defaultChecked={start === undefined ? MISSED.has(value) : start === value}
        />
      ))}
      {error !== undefined && (
        <p id="status-missing" role="alert" className="text-sm font-medium text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}

/** The rule of the API that a field breaks. */
function ruleFor(member: string, error: Error | null): string | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  return error.errors.find(({ pointer }) => pointer.startsWith(`/${member}`))?.detail;
}

/** What somebody entered where they are, as the instant that it is everywhere. */
function instantOf(entered: FormDataEntryValue | null): string | null {
  const date = new Date(String(entered ?? ''));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
