import type { Invite } from '../../../sdk/src/api.generated.ts';
import { inviteUser } from '../../../src/access/api-users.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { Copyable } from '../../ui/value.tsx';
import { isApprovalRequested } from '../api/approval-requested.ts';
import { FormEnd } from '../form/form-end.tsx';
import { useShapeForm } from '../form/use-shape-form.ts';
import { useAct } from '../frame/use-act.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { usePeopleDesk, useRoleChoices } from './use-people-desk.ts';
import { usePeopleTexts } from './use-people-texts.ts';

/** Invites somebody and shows the link for the only time; nobody is sent a mail. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const words = usePeopleTexts();
  const { key } = useAnywhere();
  const desk = usePeopleDesk();
  const { choices } = useRoleChoices();
  const act = useAct({
    run: (invitation: Invite) => desk.invite(invitation),
    refreshes: [[...key, 'invitations']],
    saysErrors: true,
    onDone: (answer) => isApprovalRequested(answer) && onClose(),
  });
  const form = useShapeForm<{ email: string; role: string }, Invite>({
    shape: inviteUser.body,
    defaults: { email: '', role: choices.at(-1)?.value ?? '' },
    toBody: ({ email, role }) => ({ email: email.trim(), role }),
    act,
  });
  if (act.data !== undefined && !isApprovalRequested(act.data)) {
    return (
      <Dialog title={words.linkTitle} description={words.linkHint} isOpen onClose={onClose}>
        <div className="grid gap-4">
          <div className="rounded-md bg-sunken p-3">
            <Copyable text={act.data.url} what={words.link} />
          </div>
          <div className="flex justify-end">
            <Button look="primary" onClick={onClose}>
              {words.linkDone}
            </Button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={words.invite} description={words.inviteHint} isOpen onClose={onClose}>
      <form onSubmit={form.submit} className="grid gap-4" noValidate>
        <TextField label={words.email} type="email" inputMode="email" {...form.field('email')} />
        <ChoiceField label={words.role} hint={words.roleHint} choices={choices} {...form.field('role')} />
        <FormEnd form={form} verb={words.doInvite} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
