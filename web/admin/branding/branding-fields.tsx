import type { ReactNode } from 'react';
import type { FieldPath, UseFormReturn } from 'react-hook-form';
import type { Settings } from '../../../sdk/src/api.generated.ts';
import { brandColorsOf } from '../../../src/checkout/contrast.ts';
import { TextField } from '../../ui/field.tsx';
import { useHere } from '../frame/use-place.ts';
import type { BrandingForm } from './branding-form.ts';
import { useBrandingTexts } from './use-branding-texts.ts';

interface BrandingFieldsProps {
  readonly form: UseFormReturn<BrandingForm>;
  readonly settings: Settings;
  readonly language: string;
  readonly chooseLanguage: ReactNode;
}

/** Name, color, links and words. */
export function BrandingFields({ form, settings, language, chooseLanguage }: BrandingFieldsProps) {
  const words = useBrandingTexts();
  const { session, place } = useHere();
  const membership = session.memberships.find(({ tenantId }) => tenantId === place.tenantId);
  const tenantName = membership?.tenantName ?? settings.effective.name;
  const field = (name: FieldPath<BrandingForm>, label: string, hint?: string) => (
    <TextField key={name} label={label} hint={hint} error={messageOf(form, name)} {...form.register(name)} />
  );
  return (
    <>
      <fieldset className="grid gap-4">
        <legend className="mb-2 font-semibold">{words.look}</legend>
        {field('displayName', words.displayName, words.displayNameHint(tenantName))}
        <ColorField form={form} settings={settings} />
      </fieldset>
      <fieldset className="grid items-start gap-4 sm:grid-cols-2">
        <legend className="mb-2 font-semibold">{words.links}</legend>
        {field('supportUrl', words.supportUrl, words.supportUrlHint)}
        {field('legalLinks.terms', words.terms)}
        {field('legalLinks.privacy', words.privacy)}
        {field('legalLinks.imprint', words.imprint)}
        {field('legalUrl', words.legalUrl)}
      </fieldset>
      <fieldset className="grid gap-4">
        <legend className="mb-2 font-semibold">{words.texts}</legend>
        <p className="-mt-2 text-sm text-muted">{words.textsHint}</p>
        {chooseLanguage}
        {field(`texts.payNote.${language}`, words.payNote)}
        {field(`texts.resultNote.${language}`, words.resultNote)}
      </fieldset>
    </>
  );
}

function messageOf(form: UseFormReturn<BrandingForm>, name: FieldPath<BrandingForm>): string | undefined {
  const message: unknown = form.getFieldState(name, form.formState).error?.message;
  return typeof message === 'string' ? message : undefined;
}

function ColorField({ form, settings }: Pick<BrandingFieldsProps, 'form' | 'settings'>) {
  const words = useBrandingTexts();
  const color = form.watch('primaryColor').trim().toLowerCase();
  // Nobody has asked for the default: what is said of a saved color is the API's to decide.
  const isSaved = color === settings.branding.primaryColor;
  const isTold = !isSaved || settings.effective.warnings.some(({ pointer }) => pointer === '/branding/primaryColor');
  const isColor = /^#[0-9a-f]{6}$/.test(color);
  return (
    <div className="grid gap-1.5">
      <div className="flex items-end gap-2">
        <TextField
          label={words.color}
          className="min-w-0 grow"
          spellCheck={false}
          error={form.formState.errors.primaryColor?.message}
          {...form.register('primaryColor')}
        />
        <input
          type="color"
          aria-label={words.pick}
          className="h-10 w-14 shrink-0 rounded-md border border-line-strong bg-surface p-1"
          value={isColor ? color : '#000000'}
          onChange={(event) => form.setValue('primaryColor', event.target.value, { shouldDirty: true })}
        />
      </div>
      <p className="text-sm text-muted">{words.colorHint}</p>
      {isColor && isTold && <Contrast color={color} />}
    </div>
  );
}

/** What the page makes of a color that cannot be seen everywhere: told before it is saved. */
function Contrast({ color }: { readonly color: string }) {
  const words = useBrandingTexts();
  const { button, accent, accentDark } = brandColorsOf(color);
  const warnings = [
    ...(accent === button ? [] : [words.onLight(accent)]),
    ...(accentDark === button ? [] : [words.onDark(accentDark)]),
  ];
  return (
    <div role="status" className="grid gap-1 text-sm text-warn">
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
    </div>
  );
}
