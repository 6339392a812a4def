import type { UseFormReturn } from 'react-hook-form';
import { CheckField, ChoiceField, TextAreaField, TextField } from '../../ui/field.tsx';
import { type CredentialField, OWN } from './credential-fields.ts';
import { useProviderTexts } from './use-provider-texts.ts';

export interface CredentialsForm {
  readonly name: string;
  readonly priority: string;
  readonly overlap: string;
  readonly credentials: Readonly<Record<string, string | boolean | undefined>>;
}

interface CredentialFieldsProps {
  readonly fields: readonly CredentialField[];
  readonly form: UseFormReturn<CredentialsForm>;
  /** These say which account it is, and stay as they are. */
  readonly isRotation?: boolean;
}

/** The fields that a provider asks for; what is secret is written and never read. */
export function CredentialFields({ fields, form, isRotation = false }: CredentialFieldsProps) {
  return fields.map((field) => <OneField key={field.name} field={field} form={form} isRotation={isRotation} />);
}

interface OneFieldProps {
  readonly field: CredentialField;
  readonly form: UseFormReturn<CredentialsForm>;
  readonly isRotation: boolean;
}

function OneField({ field, form, isRotation }: OneFieldProps) {
  const words = useProviderTexts();
  const { name, kind, isRequired, isSecret, choices, takesOwn } = field;
  const path = `credentials.${name}` as const;
  const error = form.formState.errors.credentials?.[name]?.message;
  const hints = [field.hint, isSecret && words.writeOnly, isRotation && isRequired && !isSecret && words.same];
  const shared = {
    label: isRequired ? field.label : words.optional(field.label),
    hint: hints.filter(Boolean).join(' ') || undefined,
    error,
    ...form.register(path),
  };
  if (kind === 'check') return <CheckField {...shared} label={field.label} hint={shared.hint ?? ''} />;
  if (kind === 'long' || kind === 'json') return <TextAreaField {...shared} rows={4} />;
  if (kind === 'text') {
    // Kept out of what browsers remember; a password that is new here is no password of this page.
    return isSecret ? (
      <TextField {...shared} type="password" autoComplete="new-password" />
    ) : (
      <TextField {...shared} spellCheck={false} />
    );
  }
  const isOwn = takesOwn && form.watch(path) === OWN;
  const own = takesOwn ? [{ value: OWN, label: words.own }] : [];
  const none = isRequired ? [] : [{ value: '', label: '–' }];
  return (
    <>
      <ChoiceField
        {...shared}
        error={isOwn ? undefined : error}
        choices={[...none, ...choices.map((choice) => ({ value: choice, label: choice })), ...own]}
      />
      {isOwn && (
        <TextAreaField label={words.ownLabel} error={error} rows={6} {...form.register(`credentials.${name}Own`)} />
      )}
    </>
  );
}

/** A new form for these fields: choices begin with the first, switches with off. */
export function emptyCredentials(fields: readonly CredentialField[]): CredentialsForm['credentials'] {
  return Object.fromEntries(
    fields.map(({ name, kind, isRequired, choices }) => [
      name,
      kind === 'check' ? false : kind === 'choice' && isRequired ? (choices[0] ?? '') : '',
    ]),
  );
}
