import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Provider } from '../../../sdk/src/api.generated.ts';
import { Loading } from '../../ui/condition.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { isApprovalRequested } from '../api/approval-requested.ts';
import { Failure } from '../failure.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { textOrNull } from '../form/lines.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { CredentialFields, type CredentialsForm } from './credentials-form.tsx';
import { DocumentationLink } from './documentation-link.tsx';
import { useCredentialsForm } from './use-credentials-form.ts';
import { useProviderTexts } from './use-provider-texts.ts';

/** Adds an account: the provider first, then what it wants to know, as its own schema says. */
export function AddAccountDialog({ onClose }: { readonly onClose: () => void }) {
  const words = useProviderTexts();
  const api = useApi();
  const { key, place } = useHere();
  const [chosen, setChosen] = useState<string | null>(null);
  const found = useQuery({
    queryKey: [...key, 'providers'],
    queryFn: async ({ signal }) => (await api.providerAccounts.getProviders({ signal })).data,
  });
  const served = found.data?.filter(({ capabilities }) => capabilities.modes.includes(place.mode)) ?? [];
  const provider = served.find(({ id }) => id === chosen) ?? served[0];
  return (
    <Dialog title={words.addTitle} description={words.addHint(place.mode)} isOpen onClose={onClose}>
      {found.isPending && <Loading rows={4} />}
      {found.isError && <Failure error={found.error} onRetry={() => void found.refetch()} />}
      {provider !== undefined && (
        <div className="grid gap-4">
          <ChoiceField
            label={words.provider}
            value={provider.id}
            onChange={(event) => setChosen(event.target.value)}
            choices={served.map(({ id, displayName }) => ({ value: id, label: displayName }))}
          />
          <AccountForm key={provider.id} provider={provider} onClose={onClose} />
        </div>
      )}
    </Dialog>
  );
}

function AccountForm({ provider, onClose }: { readonly provider: Provider; readonly onClose: () => void }) {
  const words = useProviderTexts();
  const api = useApi();
  const { key, place } = useHere();
  const navigate = useNavigate();
  const endOf = useFormEnd();
  const { fields, form, read, refuse } = useCredentialsForm(provider);
  const { errors } = form.formState;
  const adding = useAct({
    run: ({ name, priority, credentials }: CredentialsForm, options) =>
      api.providerAccounts.create(
        {
          ...{ provider: provider.id, priority: Number(priority), credentials },
          ...(textOrNull(name) === null ? {} : { name: name.trim() }),
        },
        options,
      ),
    refreshes: [[...key, 'provider-accounts']],
    done: words.added,
    onDone: (account) => {
      onClose();
      if (isApprovalRequested(account)) return;
      const to = '/$tenantId/$mode/provider-accounts/$accountId';
      void navigate({ to, params: { ...place, accountId: account.id } });
    },
    saysErrors: true,
    onRefused: refuse,
  });
  const submit = form.handleSubmit((entered) => {
    const credentials = read(entered);
    if (credentials !== null) adding.mutate({ ...entered, credentials: credentials as CredentialsForm['credentials'] });
  });
  return (
    <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
      <DocumentationLink provider={provider} />
      <CredentialFields fields={fields} form={form} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={words.optional(words.name)}
          hint={words.nameHint}
          error={errors.name?.message}
          {...form.register('name')}
        />
        <TextField
          label={words.priority}
          hint={words.priorityHint}
          inputMode="numeric"
          error={errors.priority?.message}
          {...form.register('priority')}
        />
      </div>
      <FormEnd verb={words.doAdd} form={endOf(adding, errors)} onCancel={onClose} />
    </form>
  );
}
