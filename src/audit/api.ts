import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { timeCursor } from '../kernel/time-cursor.ts';

const CLASSES = ['security', 'change', 'money'] as const;
const OUTCOMES = ['done', 'unchanged', 'refused'] as const;

const field = z
  .strictObject({
    field: z.string(),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
  })
  .meta({ id: 'AuditedField', description: 'Values are told of what is neither secret nor personal.' });

const entry = z
  .strictObject({
    id: z.string().meta({ description: 'The number of the entry in its chain, from 1 on.' }),
    object: z.literal('audit_entry'),
    at: instant,
    class: z.enum(CLASSES).meta({ description: 'How long what it says is kept: 400 days, 5 years, 10 years.' }),
    mode: z.enum(['live', 'test']).nullable(),
    actor: z.string().meta({
      description:
        '`key:…`, `app:…`, `user:…`, `operator:…`, `command-line:…`, `gateway`. Of a refusal, what its credentials named.',
    }),
    address: z.string().nullable().meta({
      description: 'The network it came from, such as 203.0.113.0/24. Of older entries, the address itself.',
    }),
    correlationId: z.string().nullable(),
    action: z.string().meta({ description: 'The operation of this API, or what the gateway did by itself.' }),
    target: z.strictObject({ type: z.string().nullable(), id: z.string().nullable() }),
    outcome: z.enum(OUTCOMES).meta({
      description:
        '`unchanged`: answered, and there was nothing to change. `refused`: wrong credentials, or too few rights.',
    }),
    made: z.string().nullable().meta({ description: 'The id of what was made of the target, such as a refund.' }),
    tenantId: z.string().nullable().meta({ description: 'Of an operator’s act: which tenant it was about.' }),
    fields: z.array(field).meta({ description: 'What was sent or changed.' }),
    code: z.string().nullable().meta({ description: 'Of a refusal.' }),
    times: z.int().nullable().meta({ description: 'How often it happened again in the minute before.' }),
    reason: z.string().nullable(),
    approvalId: z.string().nullable().meta({ description: 'Of what waited for a second person.' }),
    approvedBy: z.string().nullable().meta({ description: 'Who that was.' }),
    hash: z.string().meta({ description: 'SHA-256, hex; see the guide for what is hashed.' }),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntryAnswer = z.infer<typeof entry>;

const text = z.string().min(1).max(200).optional();

const filter = {
  actor: text,
  action: text,
  targetId: text,
  class: z.enum(CLASSES).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  since: instant.optional().meta({ description: 'Of this instant and later.' }),
  until: instant.optional().meta({ description: 'Before this instant.' }),
};

const cursor = timeCursor
  .unwrap()
  .regex(/~[1-9]\d{0,17}$/, 'Must be the nextCursor of a page before')
  .optional()
  .meta({ description: 'nextCursor of the page before.' });

const list = { ...filter, limit: pageQuery.limit, cursor };
const allModes = z
  .enum(['true', 'false'])
  .optional()
  .meta({ description: 'Also what was done with test credentials; for live ones.' });
const format = z.enum(['jsonl', 'csv']).default('jsonl');
const exported = { ...filter, cursor, format };

const READ_ONLY = { idempotency: 'none', audit: { class: 'security' } } as const;
const EXPORT = {
  answer: {
    status: 200,
    schema: z.string(),
    description:
      'At most 10,000 entries, newest first, one a line. Where there are more, the header `Tollgate-Next-Cursor` says where to go on.',
    mediaType: 'text/plain',
  },
} as const;

export const listAuditEntries = endpoint({
  id: 'listAuditEntries',
  method: 'GET',
  path: '/api/v1/audit-entries',
  summary: 'List who did what, newest first',
  description: 'Of the mode of the credentials. Reading it is recorded too.',
  tag: 'Audit',
  access: { by: 'tenant', scope: 'audit:read' },
  ...READ_ONLY,
  query: z.strictObject({ ...list, allModes }),
  answer: { status: 200, schema: pageAnswer(entry), description: 'A page of entries.' },
  problems: [],
});

export const exportAuditEntries = endpoint({
  id: 'exportAuditEntries',
  method: 'GET',
  path: '/api/v1/audit-entries/export',
  summary: 'Export who did what as JSON Lines or CSV',
  tag: 'Audit',
  access: { by: 'tenant', scope: 'audit:read' },
  ...READ_ONLY,
  query: z.strictObject({ ...exported, allModes }),
  ...EXPORT,
  problems: [],
});

const tenantId = z
  .string()
  .max(64)
  .default('system')
  .meta({ description: 'A tenant’s entries; left out: those of the installation.' });

export const listAuditEntriesAsOperator = endpoint({
  id: 'listAuditEntriesAsOperator',
  method: 'GET',
  path: '/api/v1/operator/audit-entries',
  summary: 'List who did what in the installation or for a tenant, newest first',
  tag: 'Operator',
  access: { by: 'operator', permission: 'audit-record:read' },
  ...READ_ONLY,
  query: z.strictObject({ ...list, tenantId }),
  answer: { status: 200, schema: pageAnswer(entry), description: 'A page of entries.' },
  problems: [],
});

export const exportAuditEntriesAsOperator = endpoint({
  id: 'exportAuditEntriesAsOperator',
  method: 'GET',
  path: '/api/v1/operator/audit-entries/export',
  summary: 'Export who did what in the installation or for a tenant',
  tag: 'Operator',
  access: { by: 'operator', permission: 'audit-record:read' },
  ...READ_ONLY,
  query: z.strictObject({ ...exported, tenantId }),
  ...EXPORT,
  problems: [],
});

const checkpoint = z.strictObject({ number: z.int(), at: instant }).nullable();

export const getAuditState = endpoint({
  id: 'getAuditState',
  method: 'GET',
  path: '/api/v1/operator/audit-state',
  summary: 'See how far a chain of the audit record goes, and how far it is signed',
  tag: 'Operator',
  access: { by: 'operator', permission: 'audit-record:read' },
  idempotency: 'none',
  query: z.strictObject({ tenantId }),
  answer: {
    status: 200,
    schema: z
      .strictObject({
        tenantId: z.string(),
        entries: z.int().meta({ description: 'Of the chain.' }),
        signed: z.int().meta({ description: 'How many of them a checkpoint has signed.' }),
        lastCheckpoint: checkpoint.meta({ description: 'Of the installation; null: none was signed yet.' }),
      })
      .meta({ id: 'AuditState' }),
    description: 'The state of the chain.',
  },
  problems: [],
});

export const verifyAuditChain = endpoint({
  id: 'verifyAuditChain',
  method: 'POST',
  path: '/api/v1/operator/audit-verifications',
  summary: 'Prove a chain of the audit record from its beginning to its end, and the checkpoints against it',
  description:
    'By the checkpoints and the keys in the database, which its owner could have replaced along: for a proof against them, run `tollgate audit verify` with copies that lie elsewhere. Some seconds for a million entries; one after the other.',
  tag: 'Operator',
  access: { by: 'operator', permission: 'audit-record:read' },
  idempotency: 'none',
  audit: { class: 'security', shows: ['tenantId'] },
  body: z.strictObject({ tenantId }).meta({ id: 'VerifyAuditChain' }),
  answer: {
    status: 200,
    schema: z
      .strictObject({
        tenantId: z.string(),
        entries: z.int().meta({ description: 'That were looked at.' }),
        checkpoints: z.int(),
        findings: z
          .array(
            z.strictObject({
              kind: z.string(),
              number: z.int().meta({ description: 'Of the entry, the checkpoint or the line.' }),
              says: z.string(),
            }),
          )
          .meta({ description: 'The first fault of the chain, and of the checkpoints; none: it is proven.' }),
        verifiedAt: instant,
      })
      .meta({ id: 'AuditProof' }),
    description: 'What was found.',
  },
  problems: [],
  example: { tenantId: 'system' },
});

export const listAuditKeys = endpoint({
  id: 'listAuditKeys',
  method: 'GET',
  path: '/api/v1/audit-keys',
  summary: 'List the public keys that checkpoints of the audit record are signed with',
  description: 'Keep a copy where nobody who runs the installation can change it.',
  tag: 'Audit',
  access: { by: 'anyone' },
  idempotency: 'none',
  answer: {
    status: 200,
    schema: z.strictObject({
      data: z.array(
        z
          .strictObject({
            id: z.string(),
            object: z.literal('audit_key'),
            algorithm: z.literal('Ed25519'),
            publicKey: z.string().meta({ description: 'SubjectPublicKeyInfo (DER) in base64.' }),
            createdAt: instant,
          })
          .meta({ id: 'AuditKey' }),
      ),
    }),
    description: 'Newest first; none before the first checkpoint.',
  },
  problems: [],
});
