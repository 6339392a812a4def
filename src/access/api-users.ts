import { z } from 'zod';
import { type Endpoint, endpoint } from '../kernel/endpoint.ts';
import { instant, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { email, nothing } from './shapes-people.ts';

const TAG = 'People';

const one = z.strictObject({ id: z.string().max(64) });
const page = z.strictObject(pageQuery);
const role = z
  .string()
  .min(1, 'Must not be empty')
  .max(64)
  .meta({ description: 'A built-in role, or one of the tenant’s own; never one that may do more than you may.' });
const status = z.enum(['active', 'suspended']);

const member = z
  .strictObject({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.string(),
    status,
    hasSecondFactor: z.boolean(),
    lastSeenAt: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Member' });

const invitation = z.strictObject({
  id: z.string(),
  email: z.string(),
  role: z.string(),
  invitedBy: z.string().meta({ description: 'The actor, such as user:usr_….' }),
  createdAt: instant,
  expiresAt: instant,
});

const change = z
  .strictObject({ role: role.optional(), status: status.optional() })
  .refine((fields) => fields.role !== undefined || fields.status !== undefined, 'Must change something')
  .meta({ id: 'ChangeMember' });
const invite = z.strictObject({ email, role }).meta({ id: 'Invite' });
const invited = invitation
  .extend({ url: z.string().meta({ description: 'For you to bring to them. Shown once; good for a week, once.' }) })
  .meta({ id: 'Invited' });

const shared = { tag: TAG, idempotency: 'none' } as const satisfies Partial<Endpoint>;
const members = { status: 200, schema: pageAnswer(member), description: 'Those who came last first.' } as const;
const changed = { status: 200, schema: member, description: 'The member.' } as const;
const invitations = {
  status: 200,
  schema: pageAnswer(invitation.meta({ id: 'Invitation' })),
  description: 'Those that wait for an answer, newest first.',
} as const;
const invitedAnswer = { status: 201, schema: invited, description: 'The invitation, with its link.' } as const;

const CHANGE = 'Nobody changes themselves, nor somebody who may do more. It counts at once.';

export const listUsers = endpoint({
  ...shared,
  id: 'listUsers',
  method: 'GET',
  path: '/api/v1/users',
  summary: 'List the people of the tenant',
  access: { by: 'tenant', scope: 'user:read' },
  query: page,
  answer: members,
  problems: [],
});

export const updateUser = endpoint({
  ...shared,
  id: 'updateUser',
  method: 'PATCH',
  path: '/api/v1/users/{id}',
  summary: 'Give somebody another role, suspend them, or let them in again',
  description: `${CHANGE} The last admin stays, unless somebody acts who comes from outside of the tenant.`,
  access: { by: 'tenant', scope: 'user:update' },
  stepUp: true,
  fourEyes: true,
  params: one,
  body: change,
  answer: changed,
  problems: ['state_conflict'],
});

export const inviteUser = endpoint({
  ...shared,
  id: 'inviteUser',
  method: 'POST',
  path: '/api/v1/invitations',
  summary: 'Invite somebody to the tenant',
  access: { by: 'tenant', scope: 'user:create' },
  stepUp: true,
  fourEyes: true,
  body: invite,
  answer: invitedAnswer,
  problems: [],
});

export const listInvitations = endpoint({
  ...shared,
  id: 'listInvitations',
  method: 'GET',
  path: '/api/v1/invitations',
  summary: 'List invitations',
  access: { by: 'tenant', scope: 'user:read' },
  query: page,
  answer: invitations,
  problems: [],
});

export const withdrawInvitation = endpoint({
  ...shared,
  id: 'withdrawInvitation',
  method: 'DELETE',
  path: '/api/v1/invitations/{id}',
  summary: 'Withdraw an invitation',
  access: { by: 'tenant', scope: 'user:create' },
  params: one,
  answer: nothing,
  problems: [],
});

export const listOperatorUsers = endpoint({
  ...shared,
  id: 'listOperatorUsers',
  method: 'GET',
  path: '/api/v1/operator/users',
  summary: 'List the people who run the installation',
  access: { by: 'operator', permission: 'operator-user:read' },
  query: page,
  answer: members,
  problems: [],
});

export const updateOperatorUser = endpoint({
  ...shared,
  id: 'updateOperatorUser',
  method: 'PATCH',
  path: '/api/v1/operator/users/{id}',
  summary: 'Give somebody who runs the installation another role, suspend them, or let them in again',
  description: `${CHANGE} The last owner stays.`,
  access: { by: 'operator', permission: 'operator-user:update' },
  stepUp: true,
  fourEyes: true,
  params: one,
  body: change,
  answer: changed,
  problems: [],
});

export const inviteOperatorUser = endpoint({
  ...shared,
  id: 'inviteOperatorUser',
  method: 'POST',
  path: '/api/v1/operator/invitations',
  summary: 'Invite somebody to run the installation',
  access: { by: 'operator', permission: 'operator-user:create' },
  stepUp: true,
  fourEyes: true,
  body: invite,
  answer: invitedAnswer,
  problems: [],
});

export const listOperatorInvitations = endpoint({
  ...shared,
  id: 'listOperatorInvitations',
  method: 'GET',
  path: '/api/v1/operator/invitations',
  summary: 'List invitations to run the installation',
  access: { by: 'operator', permission: 'operator-user:read' },
  query: page,
  answer: invitations,
  problems: [],
});

export const withdrawOperatorInvitation = endpoint({
  ...shared,
  id: 'withdrawOperatorInvitation',
  method: 'DELETE',
  path: '/api/v1/operator/invitations/{id}',
  summary: 'Withdraw an invitation to run the installation',
  access: { by: 'operator', permission: 'operator-user:create' },
  params: one,
  answer: nothing,
  problems: [],
});
