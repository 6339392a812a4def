import { useQuery } from '@tanstack/react-query';
import type { Provider, ProviderAccount } from '../../../sdk/src/api.generated.ts';
import { Condition, Loading } from '../../ui/condition.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField } from '../../ui/field.tsx';
import { Failure } from '../failure.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { CredentialFields } from './credentials-form.tsx';
import { DocumentationLink } from './documentation-link.tsx';
import { useCredentialsForm } from './use-credentials-form.ts';
import { useProviderTexts } from './use-provider-texts.ts';

interface RotateAccountProps {
  readonly account: ProviderAccount;
  readonly onClose: () => void;
}

/** Takes new credentials; those before go on verifying until the overlap ends. */
export function RotateAccountDialog({ account, onClose }: RotateAccountProps) {
  const words = useProviderTexts();
  const api = useApi();
  const { key } = useHere();
  const found = useQuery({
    queryKey: [...key, 'providers'],
    queryFn: async ({ signal }) => (await api.providerAccounts.getProviders({ signal })).data,
  });
  const provider = found.data?.find(({ id }) => id === account.provider);
  return (
    <Dialog title={words.rotateTitle} description={words.rotateHint} isOpen onClose={onClose}>
      {found.isPending && <Loading rows={4} />}
      {found.isError && <Failure error={found.error} onRetry={() => void found.refetch()} />}
      {found.isSuccess && provider === undefined && <Condition icon="warning" title={words.notServed} />}
      {provider !== undefined && <RotateForm account={account} provider={provider} onClose={onClose} />}
    </Dialog>
  );
}

interface Rotation {
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly overlapSeconds: number;
}

function RotateForm({ account, provider, onClose }: RotateAccountProps & { readonly provider: Provider }) {
  const words = useProviderTexts();
  const api = useApi();
  const { key } = useHere();
  const endOf = useFormEnd();
  const { fields, form, read, refuse } = useCredentialsForm(provider);
  const { errors } = form.formState;
  const rotating = useAct({
    run: (rotation: Rotation, options) => api.providerAccounts.rotate(account.id, rotation, options),
    refreshes: [[...key, 'provider-accounts']],
    done: words.rotated,
    onDone: onClose,
    saysErrors: true,
    onRefused: refuse,
  });
  const submit = form.handleSubmit((entered) => {
    const credentials = read(entered);
    if (credentials !== null) rotating.mutate({ credentials, overlapSeconds: Number(entered.overlap) });
  });
  return (
    <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
      <DocumentationLink provider={provider} />
      <CredentialFields fields={fields} form={form} isRotation />
      <ChoiceField
        label={words.overlap}
        choices={Object.entries(words.overlaps)
          .toReversed()
          .map(([value, label]) => ({ value, label }))}
        {...form.register('overlap')}
      />
      <FormEnd verb={words.rotate} look="danger" form={endOf(rotating, errors)} onCancel={onClose} />
    </form>
  );
}
