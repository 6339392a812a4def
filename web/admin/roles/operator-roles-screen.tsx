import { OPERATOR_ROLES, operatorPermissions } from '../../../src/access/permission.ts';
import { OPERATOR_ROLE_RIGHTS } from '../../../src/access/role.ts';
import { NoPermission } from '../../ui/condition.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useAnywhere } from '../frame/use-place.ts';
import { RoleMatrix } from './role-matrix.tsx';
import { useRoleTexts } from './use-role-texts.ts';

/** What those who run the installation may do in it. */
export function OperatorRolesScreen() {
  const words = useRoleTexts();
  const { may } = useAnywhere();
  if (!may('operator-user:read')) return <NoPermission permission="operator-user:read" />;
  return (
    <div className="grid gap-4">
      <ScreenHead title={words.title} hint={words.operatorHint} />
      <RoleMatrix
        roles={OPERATOR_ROLES.map((name) => ({ id: name, name, permissions: OPERATOR_ROLE_RIGHTS[name] }))}
        all={operatorPermissions().map(([permission, { allows }]) => ({ permission, allows }))}
      />
    </div>
  );
}
