import type { ChangePassword } from '../../../sdk/src/api.generated.ts';
import { TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { useShapeForm } from '../form/use-shape-form.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useAccountTexts } from './use-account-texts.ts';

interface PasswordValues {
  readonly currentPassword: string;
  readonly newPassword: string;
}

/** Changes the password, or gives somebody their first one. */
export function PasswordForm({ hasPassword }: { readonly hasPassword: boolean }) {
  const words = useAccountTexts();
  const api = useApi();
  const changing = useAct({
    run: (body: ChangePassword) => api.yourAccount.changePassword(body),
    done: words.changed,
    refreshes: [['account']],
    onDone: () => form.reset(),
    saysErrors: true,
  });
  const form = useShapeForm<PasswordValues, ChangePassword>({
    defaults: { currentPassword: '', newPassword: '' },
    toBody: ({ currentPassword, newPassword }) => ({ newPassword, ...(hasPassword ? { currentPassword } : {}) }),
    act: changing,
  });
  return (
    <section aria-label={words.password} className="card grid gap-3 p-4">
      <div>
        <h2 className="font-semibold">{words.password}</h2>
        <p className="text-sm text-muted">{hasPassword ? words.passwordHint : words.noPassword}</p>
      </div>
      <form onSubmit={form.submit} className="grid gap-3" noValidate>
        {hasPassword && (
          <TextField
            label={words.current}
            type="password"
            autoComplete="current-password"
            {...form.field('currentPassword')}
          />
        )}
        <TextField
          label={words.next}
          hint={words.nextHint}
          type="password"
          autoComplete="new-password"
          {...form.field('newPassword')}
        />
        <FormEnd form={form} verb={words.change} />
      </form>
    </section>
  );
}
