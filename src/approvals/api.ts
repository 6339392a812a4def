import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { APPROVAL_STATES } from './approval.ts';

const TAG = 'Approvals';
const OPERATOR_TAG = 'Operator';
const one = z.strictObject({ id: z.string().max(64) });

const approval = z
  .strictObject({
    id: z.string(),
    object: z.literal('approval'),
    mode: z.enum(['live', 'test']),
    act: z.string().meta({ description: 'The operation that was called, such as createRefund.' }),
    permission: z.string().meta({ description: 'What whoever approves needs besides.' }),
    state: z.enum(APPROVAL_STATES).meta({
      description: '`approved`: decided, and not yet known to be done; `failed`: the operation refused.',
    }),
    details: z
      .record(z.string(), z.union([z.string(), z.number(), z.null()]))
      .meta({ description: 'What was asked for, without secrets.' }),
    requestedBy: z.string(),
    requestedAt: instant,
    expiresAt: instant,
    decidedBy: z.string().nullable(),
    decidedAt: instant.nullable(),
    note: z.string().nullable(),
    answerStatus: z.int().nullable(),
    problemCode: z.string().nullable(),
    subjectId: z.string().nullable().meta({ description: 'What came of it, such as the refund.' }),
    endedAt: instant.nullable(),
  })
  .meta({ id: 'Approval' });
export type ApprovalAnswer = z.output<typeof approval>;

const decision = z.strictObject({ note: line(500).nullable().default(null) });

const states = z.strictObject({
  ...pageQuery,
  state: z.enum(['requested', 'approved', 'rejected', 'done', 'failed']).optional(),
});
const asked = { idempotency: 'none', params: one } as const;
const list = {
  idempotency: 'none',
  query: states,
  answer: { status: 200, schema: pageAnswer(approval), description: 'A page of approvals.' },
  problems: [],
} as const;
const read = {
  ...asked,
  answer: { status: 200, schema: approval, description: 'The approval.' },
  problems: [],
} as const;
const approved = z.strictObject({ ...approval.shape, result: z.unknown() }).meta({ id: 'Approved' });
const approving = {
  ...asked,
  stepUp: true,
  body: decision.meta({ id: 'Approve' }),
  answer: {
    status: 200,
    schema: approved,
    description: 'The approval, and what the operation answered; null where it refused or is still under way.',
  },
  problems: ['state_conflict'],
  example: { note: 'As agreed with the shop.' },
} as const;
const rejecting = {
  ...asked,
  description: 'Whoever asked may withdraw it so.',
  body: decision.meta({ id: 'Reject' }),
  answer: { status: 200, schema: approval, description: 'The approval.' },
  problems: ['state_conflict'],
} as const;

const WHO =
  'Only a person, another than who asked or made the key that asked, who may do it themselves. It is done with the rights ' +
  'that whoever asked has then. What the operation answers is in `result`, secrets included: it is shown here only.';

export const listApprovals = endpoint({
  id: 'listApprovals',
  method: 'GET',
  path: '/api/v1/approvals',
  summary: 'List what waits for a second person, newest first',
  tag: TAG,
  access: { by: 'tenant', scope: 'approval:read' },
  ...list,
});

export const getApproval = endpoint({
  id: 'getApproval',
  method: 'GET',
  path: '/api/v1/approvals/{id}',
  summary: 'Read an approval',
  tag: TAG,
  access: { by: 'tenant', scope: 'approval:read' },
  ...read,
});

export const approveRequest = endpoint({
  id: 'approveRequest',
  method: 'POST',
  path: '/api/v1/approvals/{id}/approve',
  summary: 'Approve of what somebody else asked for, and have it done',
  description: WHO,
  tag: TAG,
  access: { by: 'tenant', scope: 'approval:update' },
  ...approving,
});

export const rejectRequest = endpoint({
  id: 'rejectRequest',
  method: 'POST',
  path: '/api/v1/approvals/{id}/reject',
  summary: 'Reject what was asked for',
  tag: TAG,
  access: { by: 'tenant', scope: 'approval:update' },
  ...rejecting,
});

export const listOperatorApprovals = endpoint({
  id: 'listOperatorApprovals',
  method: 'GET',
  path: '/api/v1/operator/approvals',
  summary: 'List what waits for a second one of those who run the installation, newest first',
  tag: OPERATOR_TAG,
  access: { by: 'operator', permission: 'operator-approval:read' },
  ...list,
});

export const getOperatorApproval = endpoint({
  id: 'getOperatorApproval',
  method: 'GET',
  path: '/api/v1/operator/approvals/{id}',
  summary: 'Read an approval of the installation',
  tag: OPERATOR_TAG,
  access: { by: 'operator', permission: 'operator-approval:read' },
  ...read,
});

export const approveOperatorRequest = endpoint({
  id: 'approveOperatorRequest',
  method: 'POST',
  path: '/api/v1/operator/approvals/{id}/approve',
  summary: 'Approve of what another one of those who run the installation asked for',
  description: WHO,
  tag: OPERATOR_TAG,
  access: { by: 'operator', permission: 'operator-approval:update' },
  ...approving,
});

export const rejectOperatorRequest = endpoint({
  id: 'rejectOperatorRequest',
  method: 'POST',
  path: '/api/v1/operator/approvals/{id}/reject',
  summary: 'Reject what another one of those who run the installation asked for',
  tag: OPERATOR_TAG,
  access: { by: 'operator', permission: 'operator-approval:update' },
  ...rejecting,
});
