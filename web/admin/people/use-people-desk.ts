import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type {
  ApprovalRequested,
  ChangeMember,
  Invitation,
  Invite,
  Invited,
  Member,
  TollgateApi,
} from '../../../sdk/src/api.generated.ts';
import { OPERATOR_ROLES, TENANT_ROLES } from '../../../src/access/permission.ts';
import { hasAll, OPERATOR_ROLE_RIGHTS, TENANT_ROLE_RIGHTS } from '../../../src/access/role.ts';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import type { Choice } from '../../ui/field.tsx';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import type { Page } from '../list/page.ts';

/** The people of the place, and the calls that change who they are. */
interface PeopleDesk {
  readonly kind: 'tenant' | 'operator';
  readonly permissions: Readonly<Record<'read' | 'create' | 'update', Permission>>;
  list(query: object, signal: AbortSignal | undefined): Promise<Page<Member>>;
  invitations(signal: AbortSignal): Promise<Page<Invitation>>;
  change(userId: string, change: ChangeMember): Promise<Member | ApprovalRequested>;
  invite(invitation: Invite): Promise<Invited | ApprovalRequested>;
  withdraw(id: string): Promise<unknown>;
}

const INVITATIONS_MAX = 100;

export function usePeopleDesk(): PeopleDesk {
  const api = useApi();
  const { place } = useAnywhere();
  const isOperator = place === null;
  return useMemo(() => (isOperator ? operatorDesk(api) : tenantDesk(api)), [api, isOperator]);
}

function tenantDesk({ people }: TollgateApi): PeopleDesk {
  return {
    kind: 'tenant',
    permissions: { read: 'user:read', create: 'user:create', update: 'user:update' },
    list: (query, signal) => people.listUsers(query, { signal }),
    invitations: (signal) => people.listInvitations({ limit: INVITATIONS_MAX }, { signal }),
    change: (userId, change) => people.updateUser(userId, change),
    invite: (invitation) => people.inviteUser(invitation),
    withdraw: (id) => people.withdrawInvitation(id),
  };
}

function operatorDesk({ people }: TollgateApi): PeopleDesk {
  return {
    kind: 'operator',
    permissions: { read: 'operator-user:read', create: 'operator-user:create', update: 'operator-user:update' },
    list: (query, signal) => people.listOperatorUsers(query, { signal }),
    invitations: (signal) => people.listOperatorInvitations({ limit: INVITATIONS_MAX }, { signal }),
    change: (userId, change) => people.updateOperatorUser(userId, change),
    invite: (invitation) => people.inviteOperatorUser(invitation),
    withdraw: (id) => people.withdrawOperatorInvitation(id),
  };
}

const ROLES_MAX = 100;

/** The roles of the place as choices, without those that may do more than whoever looks; and what each is called. */
export function useRoleChoices(): { readonly choices: readonly Choice[]; readonly nameOf: (role: string) => string } {
  const api = useApi();
  const { place, key, may } = useAnywhere();
  const own = useQuery({
    queryKey: [...key, 'roles'],
    queryFn: ({ signal }) => api.roles.list({ limit: ROLES_MAX }, { signal }),
    enabled: place !== null && may('role:read'),
  });
  return useMemo(() => {
    const within = (rights: readonly Permission[]) => hasAll(rights.filter(may), rights);
    const builtIn: readonly (readonly [string, readonly Permission[]])[] =
      place === null
        ? OPERATOR_ROLES.map((role) => [role, OPERATOR_ROLE_RIGHTS[role]])
        : TENANT_ROLES.map((role) => [role, TENANT_ROLE_RIGHTS[role]]);
    const made = own.data?.data ?? [];
    return {
      choices: [
        ...builtIn.filter(([, rights]) => within(rights)).map(([value]) => ({ value, label: value })),
        ...made
          .filter(({ permissions }) => within(permissions as readonly Permission[]))
          .map(({ id, name }) => ({ value: id, label: name })),
      ],
      nameOf: (role) => made.find(({ id }) => id === role)?.name ?? role,
    };
  }, [place, may, own.data]);
}
