import { useForm } from 'react-hook-form';
import type { Provider } from '../../../sdk/src/api.generated.ts';
import { placeErrors } from '../form/place-errors.ts';
import { type CredentialField, credentialFields, readCredentials } from './credential-fields.ts';
import { type CredentialsForm, emptyCredentials } from './credentials-form.tsx';
import { useProviderTexts } from './use-provider-texts.ts';

/** A form for what a provider wants to know, and what was entered there once all of it can be sent. */
export function useCredentialsForm(provider: Provider, values: Partial<CredentialsForm> = {}) {
  const words = useProviderTexts();
  const fields: readonly CredentialField[] = credentialFields(provider.credentials);
  const form = useForm<CredentialsForm>({
    defaultValues: { name: '', priority: '100', overlap: '86400', credentials: emptyCredentials(fields), ...values },
  });
  /** Null where something is missing, which its field says then. */
  const read = (entered: CredentialsForm): Readonly<Record<string, unknown>> | null => {
    const answer = readCredentials(fields, entered.credentials);
    if ('credentials' in answer) return answer.credentials;
    for (const { name, reason } of answer.wrong) {
      form.setError(`credentials.${name}`, { message: reason === 'missing' ? words.missing : words.wrongJson });
    }
    return null;
  };
  const names = [...fields.map(({ name }) => `credentials.${name}` as const), 'name', 'priority'] as const;
  const refuse = (error: unknown): void => {
    for (const { name, message } of placeErrors(error, names)) form.setError(name, { message }, { shouldFocus: true });
  };
  return { fields, form, read, refuse };
}
