import { useState } from 'react';
import type { ChangeMember, Member } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField } from '../../ui/field.tsx';
import { useAdvice } from '../failure.tsx';
import { useAct } from '../frame/use-act.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { usePeopleDesk, useRoleChoices } from './use-people-desk.ts';
import { usePeopleTexts } from './use-people-texts.ts';

/** Another role for somebody, or no way in any more. */
export function MemberDialog({ member, onClose }: { readonly member: Member; readonly onClose: () => void }) {
  const words = usePeopleTexts();
  const advise = useAdvice();
  const { key } = useAnywhere();
  const desk = usePeopleDesk();
  const { choices, nameOf } = useRoleChoices();
  const [role, setRole] = useState(member.role);
  const act = useAct({
    run: (change: ChangeMember) => desk.change(member.id, change),
    done: words.changed,
    refreshes: [
      [...key, desk.kind === 'tenant' ? 'users' : 'operator-users'],
      [...key, 'invitations'],
    ],
    saysErrors: true,
    onDone: onClose,
  });
  const isActive = member.status === 'active';
  // A role that whoever looks may not give still has to be shown as what it is.
  const known = choices.some(({ value }) => value === member.role);
  const shown = known ? choices : [{ value: member.role, label: nameOf(member.role) }, ...choices];
  return (
    <Dialog title={words.changeTitle(member.name)} description={words.changeHint} isOpen onClose={onClose}>
      <div className="grid gap-4">
        <ChoiceField
          label={words.role}
          hint={words.roleHint}
          value={role}
          choices={shown}
          onChange={(event) => setRole(event.target.value)}
        />
        {act.error !== null && (
          <p role="alert" className="font-medium text-bad">
            {advise(act.error)}
          </p>
        )}
        <div className="flex justify-end">
          <Button look="primary" isBusy={act.isPending} onClick={() => act.mutate({ role })}>
            {words.save}
          </Button>
        </div>
        <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
          <p className="max-w-prose text-sm text-muted">{isActive ? words.suspendHint : words.restoreHint}</p>
          <Button
            look={isActive ? 'danger' : 'plain'}
            isBusy={act.isPending}
            onClick={() => act.mutate({ status: isActive ? 'suspended' : 'active' })}
          >
            {isActive ? words.suspend : words.restore}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
