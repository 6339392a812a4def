import type { CreateRole, Role } from '../../../sdk/src/api.generated.ts';
import { tenantPermissions } from '../../../src/access/permission.ts';
import { createRole } from '../../../src/access/role-api.ts';
import { MultiChoiceField } from '../../ui/choice.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { useShapeForm } from '../form/use-shape-form.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useRoleTexts } from './use-role-texts.ts';

interface RoleForm {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
}

interface RoleDialogProps {
  /** null: a new one. */
  readonly role: Role | null;
  readonly onClose: () => void;
}

/** Makes a role out of permissions, or changes one. */
export function RoleDialog({ role, onClose }: RoleDialogProps) {
  const words = useRoleTexts();
  const api = useApi();
  const { key, may } = useHere();
  const act = useAct({
    run: (body: CreateRole, options) =>
      role === null ? api.roles.create(body, options) : api.roles.update(role.id, body),
    done: words.saved,
    refreshes: [[...key, 'roles']],
    saysErrors: true,
    onDone: onClose,
  });
  const form = useShapeForm<RoleForm, CreateRole>({
    shape: createRole.body,
    defaults: {
      name: role?.name ?? '',
      description: role?.description ?? '',
      permissions: [...(role?.permissions ?? [])],
    },
    toBody: ({ name, description, permissions }) => ({
      name: name.trim(),
      description: description.trim() === '' ? null : description.trim(),
      permissions: permissions as CreateRole['permissions'],
    }),
    act,
  });
  const chosen = form.value('permissions');
  const choices = tenantPermissions()
    .filter(([permission]) => may(permission))
    .map(([permission]) => ({ value: permission, label: permission }));
  return (
    <Dialog
      title={role === null ? words.add : words.changeTitle}
      description={role === null ? words.addHint : words.changeHint}
      isOpen
      onClose={onClose}
    >
      <form onSubmit={form.submit} className="grid gap-4" noValidate>
        <TextField label={words.name} {...form.field('name')} />
        <TextField label={words.description} {...form.field('description')} />
        <MultiChoiceField
          label={words.permissions}
          hint={words.permissionsHint}
          error={chosen.error}
          choices={choices}
          values={chosen.value}
          onChange={chosen.set}
        />
        <FormEnd form={form} verb={role === null ? words.doAdd : words.doChange} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
