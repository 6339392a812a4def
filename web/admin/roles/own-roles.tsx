import { useState } from 'react';
import type { Role } from '../../../sdk/src/api.generated.ts';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import { Button } from '../../ui/button.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useRoleTexts } from './use-role-texts.ts';

interface OwnRolesProps {
  readonly roles: readonly Role[];
  readonly onChange: (role: Role) => void;
}

/** The roles that a tenant has made, each with what can be done about it. */
export function OwnRoles({ roles, onChange }: OwnRolesProps) {
  const words = useRoleTexts();
  const { words: ui } = useSpeech();
  const { may } = useHere();
  const [removing, setRemoving] = useState<Role | null>(null);
  const whyNot = (role: Role, permission: 'role:update' | 'role:delete') => {
    if (!may(permission)) return ui.noPermissionHint(permission);
    return role.permissions.every((one) => may(one as Permission)) ? null : words.whyMore;
  };
  if (roles.length === 0) return <p className="text-muted">{words.noOwn}</p>;
  return (
    <>
      <ul className="grid gap-2">
        {roles.map((role) => (
          <li key={role.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line pt-2">
            <div className="min-w-0 grow">
              <p className="font-medium [overflow-wrap:anywhere]">{role.name}</p>
              <p className="text-sm text-muted [overflow-wrap:anywhere]">
                {[role.description, words.count(role.permissions.length)].filter(Boolean).join(' · ')}
              </p>
            </div>
            <Button
              aria-label={`${words.change}: ${role.name}`}
              whyNot={whyNot(role, 'role:update')}
              onClick={() => onChange(role)}
            >
              {words.change}
            </Button>
            <Button
              look="quiet"
              aria-label={`${words.remove}: ${role.name}`}
              whyNot={whyNot(role, 'role:delete')}
              onClick={() => setRemoving(role)}
            >
              {words.remove}
            </Button>
          </li>
        ))}
      </ul>
      {removing !== null && <RemoveDialog role={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

function RemoveDialog({ role, onClose }: { readonly role: Role; readonly onClose: () => void }) {
  const words = useRoleTexts();
  const api = useApi();
  const { key } = useHere();
  const act = useAct({
    run: () => api.roles.delete(role.id),
    done: words.removed,
    refreshes: [[...key, 'roles']],
    saysErrors: true,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={words.removeTitle(role.name)}
      hint={words.removeHint}
      verb={words.remove}
      keep={words.keep}
      act={act}
      onConfirm={() => act.mutate()}
      onClose={onClose}
    />
  );
}
