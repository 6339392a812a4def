import { type FormEvent, useState } from 'react';
import type { NotificationSettings, ProductNotificationSettings } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { Switch } from '../../ui/choice.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ApiProblem } from '../api/problem.ts';
import { useAdvice } from '../failure.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useLeaveWarning } from '../webhooks/use-leave-warning.tsx';
import { changesOf, draftOf, type SettingsDraft, type Tri } from './settings-draft.ts';
import { useSettingsTexts } from './use-settings-texts.ts';

interface SettingsFormProps {
  readonly tenant: NotificationSettings;
  /** null: the tenant's own are changed. */
  readonly product: ProductNotificationSettings | null;
}

/** Nothing counts before it is submitted, and whoever leaves without it is asked. */
export function SettingsForm({ tenant, product }: SettingsFormProps) {
  const words = useSettingsTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const advise = useAdvice();
  const { key, may } = useHere();
  const before = draftOf(product ?? tenant);
  const [draft, setDraft] = useState<SettingsDraft>(before);
  const changes = changesOf(draft, before);
  const saving = useAct({
    run: (body: Readonly<Record<string, unknown>>): Promise<unknown> =>
      product === null
        ? api.notifications.updateSettings(body)
        : api.notifications.updateProductSettings(product.productId, body),
    done: words.saved,
    refreshes: [key],
    saysErrors: true,
  });
  const warning = useLeaveWarning(changes !== null && !saving.isPending && !saving.isSuccess, words);
  const change = (next: Partial<SettingsDraft>) => setDraft((was) => ({ ...was, ...next }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changes !== null) saving.mutate(changes);
  };
  const whyNot = may('notification-settings:update') ? null : ui.noPermissionHint('notification-settings:update');
  return (
    <form onSubmit={submit} noValidate className="card grid gap-5 p-4">
      <h2 className="font-semibold">{words.general}</h2>
      <SettingFields
        tenant={tenant}
        isOfProduct={product !== null}
        draft={draft}
        change={change}
        error={saving.error}
      />
      {saving.error !== null && (
        <p role="alert" className="font-medium text-bad">
          {advise(saving.error)}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          type="submit"
          look="primary"
          isBusy={saving.isPending}
          whyNot={whyNot ?? (changes === null ? words.nothingChanged : null)}
        >
          {words.save}
        </Button>
        {changes !== null && <Button onClick={() => setDraft(before)}>{words.discard}</Button>}
        <p role="status" className="font-medium text-warn">
          {changes === null ? '' : words.unsaved}
        </p>
      </div>
      {warning}
    </form>
  );
}

interface FieldsProps {
  readonly tenant: NotificationSettings;
  readonly isOfProduct: boolean;
  readonly draft: SettingsDraft;
  readonly change: (next: Partial<SettingsDraft>) => void;
  readonly error: Error | null;
}

const NAMES = ['enabled', 'paused', 'additionalTypesAlsoToMain'] as const;

function SettingFields({ tenant, isOfProduct, draft, change, error }: FieldsProps) {
  const words = useSettingsTexts();
  const { may } = useHere();
  const labels = {
    enabled: [words.enabled, words.enabledHint],
    paused: [words.paused, words.pausedHint],
    additionalTypesAlsoToMain: [words.alsoToMain, words.alsoToMainHint],
  } as const;
  const pauseWhyNot = may('notification-settings:pause') ? null : words.pauseWhyNot;
  const wrong = error instanceof ApiProblem ? error.errors.find(({ pointer }) => pointer === '/adminEmail') : undefined;
  return (
    <>
      {NAMES.map((name) => {
        const [label, hint] = labels[name];
        const whyNot = name === 'paused' ? pauseWhyNot : null;
        return isOfProduct ? (
          <OwnOrInherited
            key={name}
            label={label}
            hint={whyNot === null ? hint : `${hint} ${whyNot}`}
            isFixed={whyNot !== null}
            value={draft[name]}
            inherited={tenant[name] ? words.on : words.off}
            onChange={(value) => change({ [name]: value })}
          />
        ) : (
          <Switch
            key={name}
            label={label}
            hint={hint}
            whyNot={whyNot}
            isOn={draft[name] === 'on'}
            onSwitch={(isOn) => change({ [name]: isOn ? 'on' : 'off' })}
          />
        );
      })}
      <TextField
        label={words.adminEmail}
        hint={words.adminEmailHint}
        type="email"
        className="max-w-md"
        placeholder={isOfProduct ? words.asTenant(tenant.adminEmail ?? words.nobody) : undefined}
        value={draft.adminEmail}
        error={wrong?.detail}
        onChange={(event) => change({ adminEmail: event.target.value })}
      />
    </>
  );
}

interface OwnOrInheritedProps {
  readonly label: string;
  readonly hint: string;
  readonly isFixed: boolean;
  readonly value: Tri;
  readonly inherited: string;
  readonly onChange: (value: Tri) => void;
}

function OwnOrInherited({ label, hint, isFixed, value, inherited, onChange }: OwnOrInheritedProps) {
  const words = useSettingsTexts();
  return (
    <ChoiceField
      label={label}
      hint={hint}
      className="max-w-md"
      value={value}
      disabled={isFixed}
      onChange={(event) => onChange(event.target.value as Tri)}
      choices={[
        { value: 'inherit', label: words.asTenant(inherited) },
        { value: 'on', label: words.on },
        { value: 'off', label: words.off },
      ]}
    />
  );
}
