import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant } from '../kernel/shapes.ts';
import { CHECK_STATUSES } from './check.ts';

const count = z.int().min(0);

const system = z
  .strictObject({
    object: z.literal('system'),
    version: z.string(),
    checks: z.array(
      z.strictObject({
        name: z.string(),
        status: z.enum(CHECK_STATUSES),
        detail: z.string(),
        fix: z.string().nullable().meta({ description: 'What to do; null where there is nothing to be done.' }),
      }),
    ),
    processes: z.array(
      z.strictObject({
        id: z.string(),
        roles: z.array(z.string()),
        version: z.string(),
        host: z.string(),
        startedAt: instant,
        seenAt: instant,
        alive: z.boolean().meta({ description: 'Seen within three heartbeats.' }),
      }),
    ),
    lanes: z.array(
      z.strictObject({
        kind: z.string(),
        lanes: count,
        due: count,
        held: count,
        oldestDueAt: instant.nullable().meta({ description: 'Of the due ones that nobody holds.' }),
      }),
    ),
    jobs: z.array(z.strictObject({ name: z.string(), waiting: count, description: z.string() })),
  })
  .meta({ id: 'System' });
export type SystemAnswer = z.infer<typeof system>;

export const getSystem = endpoint({
  id: 'getSystem',
  method: 'GET',
  path: '/api/v1/operator/system',
  summary: 'See how the installation is',
  description:
    'The rows of `tollgate doctor`, the processes that run, and the work that is due. Waiting work is counted up to 10000.',
  tag: 'Operator',
  access: { by: 'operator', permission: 'system:read' },
  idempotency: 'none',
  answer: { status: 200, schema: system, description: 'How it is.' },
  problems: [],
});
