import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant } from '../kernel/shapes.ts';

const tenantId = z
  .string()
  .max(64)
  .meta({ description: 'A tenant, or `system` for the key of what belongs to none.', example: 'system' });

const status = z
  .strictObject({
    masterKeys: z.array(
      z.strictObject({
        id: z.string().meta({ description: 'Of a key that we hold: from its hash. Of one elsewhere: its name there.' }),
        primary: z.boolean().meta({ description: 'Wraps what is new.' }),
        loaded: z.boolean().meta({ description: 'Whether the process that answers can unwrap what it wrapped.' }),
        dataKeys: z.int().meta({ description: 'Data keys that it wraps.' }),
      }),
    ),
    dataKeys: z.strictObject({
      primary: z.int().meta({ description: 'Seal; one for each tenant and one for the system.' }),
      readable: z.int().meta({ description: 'Seal no more, and open what is not sealed anew yet.' }),
      oldestPrimaryAt: instant.nullable(),
      resealingTenants: z.int().meta({ description: 'Tenants whose values are being sealed anew.' }),
    }),
    versions: z
      .array(
        z.strictObject({
          version: z.int(),
          masterKeyId: z.string(),
          state: z.enum(['primary', 'readable', 'destroyed']),
          createdAt: instant,
          retiredAt: instant.nullable(),
        }),
      )
      .meta({ description: 'Of the data key of the tenant that was asked for, the newest first.' }),
    tokenKeys: z.array(
      z.strictObject({
        kid: z.string(),
        state: z.enum(['next', 'primary', 'readable']),
        createdAt: instant,
        retiredAt: instant.nullable(),
      }),
    ),
  })
  .meta({ id: 'KeyStatus' });
export type KeyStatusAnswer = z.output<typeof status>;

export const getKeyStatus = endpoint({
  id: 'getKeyStatus',
  method: 'GET',
  path: '/api/v1/operator/encryption-keys',
  summary: 'See which keys there are and what is under them',
  description: 'No key is in the answer, and nothing from which one could be told.',
  tag: 'Operator',
  access: { by: 'operator', permission: 'encryption-key:read' },
  idempotency: 'none',
  query: z.strictObject({ tenantId: tenantId.optional() }),
  answer: { status: 200, schema: status, description: 'The keys.' },
  problems: [],
});

export const rotateKeys = endpoint({
  id: 'rotateKeys',
  method: 'POST',
  path: '/api/v1/operator/encryption-keys/rotate',
  summary: 'Rotate keys while everything runs',
  description:
    '`master`: wraps all data keys by the primary master key, which has to be loaded first. `data`: gives a tenant, or all whose key was made before an instant, a new data key; the worker seals anew what is under the older ones, and destroys them when nothing is left. `tokens`: has the next key sign access tokens. A call works for a few seconds and says what remains; repeat it until nothing does.',
  tag: 'Operator',
  access: { by: 'operator', permission: 'encryption-key:execute' },
  stepUp: true,
  fourEyes: true,
  idempotency: 'none',
  body: z
    .discriminatedUnion('what', [
      z.strictObject({ what: z.literal('master') }),
      z
        .strictObject({
          what: z.literal('data'),
          tenantId: tenantId.optional(),
          createdBefore: instant.optional().meta({ description: 'Rotates every data key that is older.' }),
        })
        .refine(({ tenantId: one, createdBefore }) => (one === undefined) !== (createdBefore === undefined), {
          path: ['tenantId'],
          error: 'Must be given, or createdBefore, and not both',
        }),
      z.strictObject({ what: z.literal('tokens') }),
    ])
    .meta({ id: 'RotateKeys' }),
  answer: {
    status: 200,
    schema: z
      .strictObject({
        changed: z.int(),
        remaining: z.int().meta({ description: 'Left to do by the same call.' }),
        refused: z
          .array(z.strictObject({ tenantId: z.string(), version: z.int() }))
          .meta({ description: 'Data keys that their master key does not unwrap: their rows were changed.' }),
      })
      .meta({ id: 'RotatedKeys' }),
    description: 'What was done.',
  },
  problems: ['state_conflict', 'not_found'],
  example: { what: 'master' },
});
