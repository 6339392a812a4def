import { TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { useShapeForm } from '../form/use-shape-form.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useRefreshSession } from '../frame/use-refresh-session.ts';
import { useAccountTexts } from './use-account-texts.ts';

/** What others see of somebody beside what they did. */
export function NameForm({ name }: { readonly name: string }) {
  const words = useAccountTexts();
  const api = useApi();
  const refreshSession = useRefreshSession();
  const renaming = useAct({
    run: (body: { readonly name: string }) => api.yourAccount.changeName(body),
    done: words.renamed,
    refreshes: [['account']],
    onDone: () => void refreshSession(),
    saysErrors: true,
  });
  const form = useShapeForm<{ readonly name: string }, { readonly name: string }>({
    defaults: { name },
    toBody: (values) => ({ name: values.name.trim() }),
    act: renaming,
  });
  return (
    <form onSubmit={form.submit} className="grid gap-3 border-t border-line pt-3" noValidate>
      <TextField label={words.name} autoComplete="name" {...form.field('name')} />
      <FormEnd form={form} verb={words.rename} />
    </form>
  );
}
