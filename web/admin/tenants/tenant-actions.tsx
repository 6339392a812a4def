import { useState } from 'react';
import type { Tenant } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { useTenantTexts } from './use-tenant-texts.ts';

interface TenantProps {
  readonly tenant: Tenant;
}

/** What the operator decides about a tenant; each is asked once more. */
export function TenantActions({ tenant }: TenantProps) {
  const words = useTenantTexts();
  const { words: ui } = useSpeech();
  const { may } = useAnywhere();
  const [open, setOpen] = useState<'standing' | 'remove' | null>(null);
  const isActive = tenant.status === 'active';
  const whyNot = (permission: 'tenant:update' | 'tenant:delete') => {
    if (!may(permission)) return ui.noPermissionHint(permission);
    return tenant.status === 'removed' ? words.whyRemoved : null;
  };
  return (
    <>
      <Button icon={isActive ? 'pause' : 'right'} whyNot={whyNot('tenant:update')} onClick={() => setOpen('standing')}>
        {isActive ? words.suspend : words.resume}
      </Button>
      <Button look="danger" whyNot={whyNot('tenant:delete')} onClick={() => setOpen('remove')}>
        {words.remove}
      </Button>
      {open === 'standing' && <StandingDialog tenant={tenant} onClose={() => setOpen(null)} />}
      {open === 'remove' && <RemoveDialog tenant={tenant} onClose={() => setOpen(null)} />}
    </>
  );
}

interface DialogProps extends TenantProps {
  readonly onClose: () => void;
}

function StandingDialog({ tenant, onClose }: DialogProps) {
  const words = useTenantTexts();
  const api = useApi();
  const { key } = useAnywhere();
  const isActive = tenant.status === 'active';
  const act = useAct({
    run: () => api.operator.updateTenant(tenant.id, { status: isActive ? 'suspended' : 'active' }),
    done: words.standingChanged,
    refreshes: [[...key, 'tenants'], ['session']],
    saysErrors: true,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={isActive ? words.suspendTitle(tenant.name) : words.resumeTitle(tenant.name)}
      hint={isActive ? words.suspendHint : words.resumeHint}
      verb={isActive ? words.suspend : words.resume}
      look={isActive ? 'danger' : 'primary'}
      act={act}
      onConfirm={() => act.mutate()}
      onClose={onClose}
    />
  );
}

/** In two steps, as the API does it: suspended first, its keys destroyed at the second press. */
function RemoveDialog({ tenant, onClose }: DialogProps) {
  const words = useTenantTexts();
  const api = useApi();
  const { key } = useAnywhere();
  const [typed, setTyped] = useState('');
  const act = useAct({
    run: (appName: string) => api.operator.removeTenant(tenant.id, { appName }),
    done: ({ status }) => (status === 'removed' ? words.removedNow : words.suspendedNow),
    refreshes: [[...key, 'tenants'], ['session']],
    saysErrors: true,
    onDone: onClose,
  });
  const whyNot = typed.trim() === tenant.appName ? null : words.typeName(tenant.appName);
  return (
    <ConfirmDialog
      title={words.removeTitle(tenant.name)}
      hint={tenant.status === 'active' ? words.removeFirst : words.removeSecond}
      verb={tenant.status === 'active' ? words.suspend : words.remove}
      keep={words.keep}
      act={act}
      whyNot={whyNot}
      onConfirm={() => act.mutate(typed.trim())}
      onClose={onClose}
    >
      <ul className="list-disc ps-5">
        {words.destroyed.map((what) => (
          <li key={what}>{what}</li>
        ))}
      </ul>
      <p className="text-muted">{words.stays}</p>
      <TextField
        label={words.typeName(tenant.appName)}
        value={typed}
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
      />
    </ConfirmDialog>
  );
}
