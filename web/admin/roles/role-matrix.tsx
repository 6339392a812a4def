import { useState } from 'react';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import { ChoiceField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useRoleTexts } from './use-role-texts.ts';

interface MatrixRole {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
}

interface RoleMatrixProps {
  readonly roles: readonly MatrixRole[];
  readonly all: readonly { readonly permission: Permission; readonly allows: string }[];
}

/** Which role may do what: a column for each role; on a phone one role after the other. */
export function RoleMatrix({ roles, all }: RoleMatrixProps) {
  const words = useRoleTexts();
  return (
    <section aria-label={words.matrix} className="card overflow-clip">
      <OneRole roles={roles} all={all} />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div role="group" aria-label={words.matrix} tabIndex={0} className="overflow-x-auto max-md:hidden">
        <table className="w-full border-collapse">
          <caption className="sr-only">{words.matrix}</caption>
          <thead>
            <tr className="border-b border-line text-sm text-muted">
              <th scope="col" className="px-4 py-2 text-start font-medium">
                {words.permission}
              </th>
              {roles.map(({ id, name }) => (
                <th key={id} scope="col" className="px-3 py-2 text-center font-medium [overflow-wrap:anywhere]">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.map(({ permission, allows }) => (
              <tr key={permission} className="border-b border-line last:border-0 hover:bg-sunken">
                <th scope="row" className="px-4 py-1.5 text-start font-normal">
                  <PermissionWords permission={permission} allows={allows} />
                </th>
                {roles.map(({ id, permissions }) => (
                  <Cell key={id} may={permissions.includes(permission)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function OneRole({ roles, all }: RoleMatrixProps) {
  const words = useRoleTexts();
  const [chosen, setChosen] = useState(roles[0]?.id ?? '');
  const one = roles.find(({ id }) => id === chosen) ?? roles[0];
  return (
    <div className="grid gap-3 p-4 md:hidden">
      <ChoiceField
        label={words.look}
        value={one?.id}
        choices={roles.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(event) => setChosen(event.target.value)}
      />
      <ul className="grid gap-2">
        {all
          .filter(({ permission }) => one?.permissions.includes(permission))
          .map(({ permission, allows }) => (
            <li key={permission}>
              <PermissionWords permission={permission} allows={allows} />
            </li>
          ))}
      </ul>
    </div>
  );
}

/** What it allows is the API's sentence, which is English in every language. */
function PermissionWords({ permission, allows }: RoleMatrixProps['all'][number]) {
  return (
    <>
      <code className="font-mono text-sm [overflow-wrap:anywhere]">{permission}</code>
      <span lang="en" className="block text-sm text-muted">
        {allows}
      </span>
    </>
  );
}

function Cell({ may }: { readonly may: boolean }) {
  const words = useRoleTexts();
  return (
    <td className="px-3 py-1.5 text-center">
      <span className={may ? 'inline-flex text-good' : 'text-muted'}>
        {may ? <Icon name="check" /> : <span aria-hidden="true">·</span>}
        <span className="sr-only">{may ? words.may : words.mayNot}</span>
      </span>
    </td>
  );
}
