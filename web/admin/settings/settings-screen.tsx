import { useQuery } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import type { Settings, UpdateSettings } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Loading, NoPermission } from '../../ui/condition.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { isApprovalRequested } from '../api/approval-requested.ts';
import { ApiProblem } from '../api/problem.ts';
import { Failure } from '../failure.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { placeErrors } from '../form/place-errors.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { SettingsFields } from './settings-fields.tsx';
import { changesOf, type SettingsForm, valuesOf } from './settings-form.ts';
import { useSettingTexts } from './use-setting-texts.ts';

/** What a tenant decides about its payments, saved when it is told to. */
export function SettingsScreen() {
  const { may } = useHere();
  return may('settings:read') ? <OpenSettings /> : <NoPermission permission="settings:read" />;
}

function OpenSettings() {
  const words = useSettingTexts();
  const api = useApi();
  const { key } = useHere();
  const found = useQuery({
    queryKey: [...key, 'settings'],
    queryFn: ({ signal }) => api.settings.get({ signal }),
    // What somebody types must not be overtaken by what was read meanwhile.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    gcTime: 0,
  });
  return (
    <div className="grid gap-4">
      <div>
        <h1 className="flex flex-wrap items-baseline gap-x-3 text-xl font-semibold">
          {words.title}
          {found.data !== undefined && (
            <span className="number text-sm font-normal text-muted">{words.version(found.data.version)}</span>
          )}
        </h1>
        <p className="mt-1 max-w-prose text-muted">{words.hint}</p>
      </div>
      {found.isPending && <Loading rows={8} />}
      {found.isError && !found.data && <Failure error={found.error} onRetry={() => void found.refetch()} />}
      {found.data !== undefined && (
        <Editor key={found.data.version} settings={found.data} onReload={() => void found.refetch()} />
      )}
    </div>
  );
}

const FIELDS = [
  ...(['lateSuccess', 'duplicatePayment', 'fourEyes', 'returnOrigins', 'appSchemes', 'frameAncestors'] as const),
  ...(['languages', 'timeZone', 'defaultTerminalId', 'defaultMcc'] as const),
  ...(['retention.eventsDays', 'retention.deliveriesDays', 'retention.inboundDays', 'refundApprovalAbove'] as const),
] as const;

interface EditorProps {
  readonly settings: Settings;
  readonly onReload: () => void;
}

function Editor({ settings, onReload }: EditorProps) {
  const words = useSettingTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { may } = useHere();
  const before = valuesOf(settings);
  const endOf = useFormEnd();
  const form = useForm<SettingsForm>({ defaultValues: before });
  const { errors } = form.formState;
  const saving = useAct({
    run: (body: UpdateSettings) => api.settings.update(body),
    done: words.saved,
    onDone: (saved) => {
      // Waiting for approval leaves what was typed, so that it can be told from what counts.
      if (!isApprovalRequested(saved)) onReload();
    },
    saysErrors: true,
    onRefused: (error) => {
      for (const { name, message } of placeErrors(error, FIELDS)) {
        form.setError(name === 'refundApprovalAbove' ? 'root.above' : name, { message }, { shouldFocus: true });
      }
    },
  });
  const submit = form.handleSubmit((values) => {
    const changes = changesOf(values, before);
    if (typeof changes === 'number') {
      form.setError(`refundApprovalAbove.${changes}.currency`, { message: words.amountWrong });
    } else saving.mutate({ ...changes, version: settings.version });
  });
  const changes = changesOf(form.watch(), before);
  const count = typeof changes === 'number' ? 1 : Object.keys(changes).length;
  const mayNot = may('settings:update') ? null : ui.noPermissionHint('settings:update');
  const isOutdated = saving.error instanceof ApiProblem && saving.error.code === 'state_conflict';
  return (
    <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
      <SettingsFields form={form} known={settings.effective.languages} />
      <div className={classNames('card grid gap-3 p-4', count > 0 && 'sticky bottom-0')}>
        {isOutdated && (
          <p role="alert" className="flex flex-wrap items-center gap-3 font-medium text-bad">
            {words.changed}
            <Button icon="refresh" onClick={onReload}>
              {words.reload}
            </Button>
          </p>
        )}
        <FormEnd
          verb={words.save}
          form={isOutdated ? { error: undefined, isBusy: saving.isPending } : endOf(saving, errors)}
          whyNot={mayNot ?? (count === 0 ? words.nothing : null)}
        >
          {count > 0 && (
            <>
              <Badge tone="info" label={words.unsaved(count)} />
              <Button onClick={() => form.reset()}>{words.discard}</Button>
            </>
          )}
        </FormEnd>
      </div>
    </form>
  );
}
