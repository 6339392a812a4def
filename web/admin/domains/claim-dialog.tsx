import { useNavigate } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { placeErrors } from '../form/place-errors.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useDomainTexts } from './use-domain-texts.ts';

/** Claims a host; its page then tells how to prove it. */
export function ClaimDialog({ onClose }: { readonly onClose: () => void }) {
  const words = useDomainTexts();
  const api = useApi();
  const { key, place } = useHere();
  const navigate = useNavigate();
  const endOf = useFormEnd();
  const form = useForm({ defaultValues: { domain: '' } });
  const { errors } = form.formState;
  const claiming = useAct({
    run: (domain: string, options) => api.domains.create({ domain }, options),
    refreshes: [[...key, 'domains']],
    done: words.added,
    onDone: (domain) => {
      onClose();
      void navigate({ to: '/$tenantId/$mode/domains/$domainId', params: { ...place, domainId: domain.id } });
    },
    saysErrors: true,
    onRefused: (error) => {
      for (const { name, message } of placeErrors(error, ['domain'] as const)) form.setError(name, { message });
    },
  });
  const submit = form.handleSubmit(({ domain }) => claiming.mutate(domain.trim()));
  return (
    <Dialog title={words.add} description={words.addHint} isOpen onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="grid gap-4" noValidate>
        <TextField
          label={words.domain}
          inputMode="url"
          placeholder="pay.shop.example"
          error={errors.domain?.message}
          {...form.register('domain')}
        />
        <FormEnd verb={words.doAdd} form={endOf(claiming, errors)} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
