import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { TENANT_PERMISSIONS, TENANT_ROLES, type TenantPermission } from './permission.ts';

const TAG = 'Roles';

const one = z.strictObject({ id: z.string().max(64) });
const names = Object.keys(TENANT_PERMISSIONS) as [TenantPermission, ...TenantPermission[]];
const permission = z.enum(names, 'Must be a known permission');
const permissions = z
  .array(permission)
  .min(1)
  .max(names.length)
  .meta({ description: 'What whoever has the role may do. Never more than you may.' });

const role = z
  .strictObject({
    id: z.string(),
    object: z.literal('role'),
    name: z.string(),
    description: z.string().nullable(),
    permissions: z.array(z.string()),
    createdBy: z.string(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Role' });
export type RoleAnswer = z.output<typeof role>;

export const getPermissions = endpoint({
  id: 'getPermissions',
  method: 'GET',
  path: '/api/v1/permissions',
  summary: 'List what can be allowed, and the built-in roles',
  tag: TAG,
  access: { by: 'tenant', scope: 'role:read' },
  idempotency: 'none',
  answer: {
    status: 200,
    schema: z
      .strictObject({
        permissions: z.array(
          z.strictObject({
            permission: z.string(),
            allows: z.string().meta({ description: 'As a sentence that follows "may".' }),
            mine: z.boolean().meta({ description: 'Whether you have it, and can pass it on.' }),
          }),
        ),
        roles: z.array(z.strictObject({ name: z.enum(TENANT_ROLES), permissions: z.array(z.string()) })),
      })
      .meta({ id: 'Permissions' }),
    description: 'Every permission, and what each built-in role has of them.',
  },
  problems: [],
});

export const createRole = endpoint({
  id: 'createRole',
  method: 'POST',
  path: '/api/v1/roles',
  summary: 'Make a role of your own',
  description: 'It counts in both modes.',
  tag: TAG,
  access: { by: 'tenant', scope: 'role:create' },
  stepUp: true,
  idempotency: 'optional',
  body: z
    .strictObject({ name: line(60), description: line(200).nullable().default(null), permissions })
    .meta({ id: 'CreateRole' }),
  answer: { status: 201, schema: role, description: 'The role.' },
  problems: ['state_conflict'],
  example: { name: 'Night shift', permissions: ['payment:read', 'refund:read'] },
});

export const listRoles = endpoint({
  id: 'listRoles',
  method: 'GET',
  path: '/api/v1/roles',
  summary: 'List roles of your own, newest first',
  description: 'The built-in ones stand in GET /api/v1/permissions.',
  tag: TAG,
  access: { by: 'tenant', scope: 'role:read' },
  idempotency: 'none',
  query: z.strictObject(pageQuery),
  answer: { status: 200, schema: pageAnswer(role), description: 'A page of roles.' },
  problems: [],
});

export const getRole = endpoint({
  id: 'getRole',
  method: 'GET',
  path: '/api/v1/roles/{id}',
  summary: 'Read a role of your own',
  tag: TAG,
  access: { by: 'tenant', scope: 'role:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: role, description: 'The role.' },
  problems: [],
});

export const updateRole = endpoint({
  id: 'updateRole',
  method: 'PATCH',
  path: '/api/v1/roles/{id}',
  summary: 'Change a role of your own',
  description:
    'Counts within a second for everybody who has it. Only a role whose permissions you all have yourself. Members that are left out stay as they are.',
  tag: TAG,
  access: { by: 'tenant', scope: 'role:update' },
  stepUp: true,
  idempotency: 'none',
  params: one,
  body: z
    .strictObject({
      name: line(60).optional(),
      description: line(200).nullable().optional(),
      permissions: permissions.optional(),
    })
    .meta({ id: 'UpdateRole' }),
  answer: { status: 200, schema: role, description: 'The role as it is now.' },
  problems: ['state_conflict'],
  example: { permissions: ['payment:read'] },
});

export const deleteRole = endpoint({
  id: 'deleteRole',
  method: 'DELETE',
  path: '/api/v1/roles/{id}',
  summary: 'Delete a role of your own',
  description: 'Only one that nobody has.',
  tag: TAG,
  access: { by: 'tenant', scope: 'role:delete' },
  stepUp: true,
  idempotency: 'none',
  params: one,
  answer: { status: 204, schema: z.undefined(), description: 'It is gone.' },
  problems: ['state_conflict'],
});
