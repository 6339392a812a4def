import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useForm } from 'react-hook-form';
import type { Settings, UpdateSettings } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { ChoiceField } from '../../ui/field.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { isApprovalRequested } from '../api/approval-requested.ts';
import { FormEnd } from '../form/form-end.tsx';
import { placeErrors } from '../form/place-errors.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { BrandingFields } from './branding-fields.tsx';
import { type BrandingForm, patchOf, valuesOf } from './branding-form.ts';
import { LogoCard } from './logo-card.tsx';
import { PagePreview } from './page-preview.tsx';
import { useBrandingTexts } from './use-branding-texts.ts';
import { useSettled } from './use-settled.ts';

/** How the hosted page looks, with the page beside it as it would be. */
export function BrandingScreen() {
  const { may } = useHere();
  return may('settings:read') ? <OpenBranding /> : <NoPermission permission="settings:read" />;
}

function OpenBranding() {
  const words = useBrandingTexts();
  const api = useApi();
  const { key } = useHere();
  const [round, setRound] = useState(0);
  const found = useQuery({
    queryKey: [...key, 'settings'],
    queryFn: ({ signal }) => api.settings.get({ signal }),
    // What somebody types must not be overtaken by what was read meanwhile.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    gcTime: 0,
  });
  const reload = () => void found.refetch().then(() => setRound(round + 1));
  return (
    <div className="grid gap-4">
      <ScreenHead title={words.title} hint={words.hint} />
      <ReadResult of={found} rows={8}>
        {(read) => <Editor key={round} settings={read} onReload={reload} />}
      </ReadResult>
    </div>
  );
}

const FIELDS = [
  ...(['displayName', 'primaryColor', 'supportUrl', 'legalUrl'] as const),
  ...(['legalLinks.terms', 'legalLinks.privacy', 'legalLinks.imprint'] as const),
] as const;

interface EditorProps {
  readonly settings: Settings;
  /** Begins anew with what is saved now. */
  readonly onReload: () => void;
}

function Editor({ settings, onReload }: EditorProps) {
  const words = useBrandingTexts();
  const { words: ui, locale } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const [language, setLanguage] = useState(settings.effective.languages[0] ?? 'en');
  // What the form was filled with; a logo of ours counts one on, and leaves what is typed.
  const [version, setVersion] = useState(settings.version);
  const endOf = useFormEnd();
  const form = useForm<BrandingForm>({ defaultValues: valuesOf(settings) });
  const { errors, isDirty } = form.formState;
  const patch = useSettled(patchOf(form.watch()));
  const saving = useAct({
    run: (body: UpdateSettings) => api.settings.update(body),
    refreshes: [[...key, 'settings']],
    done: words.saved,
    onDone: (saved) => {
      if (!isApprovalRequested(saved)) onReload();
    },
    saysErrors: true,
    onRefused: (error) => {
      const names = [...FIELDS, `texts.payNote.${language}` as const, `texts.resultNote.${language}` as const];
      for (const { name, message } of placeErrors(
        error,
        names.map((one) => `branding.${one}` as const),
      )) {
        form.setError(name.slice('branding.'.length) as keyof BrandingForm, { message }, { shouldFocus: true });
      }
    },
  });
  const submit = form.handleSubmit((values) => saving.mutate({ ...patchOf(values), version }));
  const mayNot = may('settings:update') ? null : ui.noPermissionHint('settings:update');
  const names = new Intl.DisplayNames([locale], { type: 'language' });
  const languages = settings.effective.languages.map((tag) => ({ value: tag, label: names.of(tag) ?? tag }));
  const choose = (
    <ChoiceField
      label={words.language}
      value={language}
      choices={languages}
      onChange={(event) => setLanguage(event.target.value)}
    />
  );
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[1fr_auto]">
      <div className="grid min-w-0 gap-4">
        <form onSubmit={(event) => void submit(event)} className="card grid gap-4 p-4" noValidate>
          <BrandingFields form={form} settings={settings} language={language} chooseLanguage={choose} />
          <Warnings settings={settings} />
          <FormEnd verb={words.save} form={endOf(saving, errors)} whyNot={mayNot ?? (isDirty ? null : words.nothing)}>
            {isDirty && (
              <>
                <Badge tone="info" label={words.unsaved} />
                <Button onClick={onReload}>{words.discard}</Button>
              </>
            )}
          </FormEnd>
        </form>
        <LogoCard logo={settings.logo} onChanged={() => setVersion(version + 1)} />
      </div>
      <Preview patch={patch} language={language} />
    </div>
  );
}

/** The page beside the form, in any of its states. */
function Preview({ patch, language }: { readonly patch: UpdateSettings; readonly language: string }) {
  const words = useBrandingTexts();
  const [state, setState] = useState('choose');
  return (
    <section aria-label={words.preview} className="card grid gap-3 p-4 xl:sticky xl:top-26">
      <div className="max-w-[360px]">
        <h2 className="font-semibold">{words.preview}</h2>
        <p className="text-sm text-muted">{words.previewHint}</p>
      </div>
      <ChoiceField
        label={words.state}
        value={state}
        choices={Object.entries(words.states).map(([value, label]) => ({ value, label }))}
        onChange={(event) => setState(event.target.value)}
      />
      <PagePreview patch={useDeferredValue(patch)} state={state} language={language} />
    </section>
  );
}

function Warnings({ settings: { effective } }: { readonly settings: Settings }) {
  const words = useBrandingTexts();
  // Those about the color are said beside it, while it is chosen.
  const others = effective.warnings.filter(({ pointer }) => pointer !== '/branding/primaryColor');
  if (others.length === 0) return null;
  return (
    <section aria-label={words.warnings} className="rounded-md bg-warn-soft px-3 py-2 text-warn">
      <h3 className="font-medium">{words.warnings}</h3>
      <ul>
        {others.map(({ pointer, detail }) => (
          <li key={pointer}>
            <code className="font-mono text-sm">{pointer}</code>: {detail}
          </li>
        ))}
      </ul>
    </section>
  );
}
