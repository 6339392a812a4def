import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { PROBLEMS, type ProblemCode } from '../kernel/problem.ts';
import { instant, pageAnswer, pageQuery } from '../kernel/shapes.ts';

/** How far back requests are shown. */
export const SHOWN_DAYS = 30;

const code = z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]);

const loggedRequest = z
  .strictObject({
    id: z.string(),
    object: z.literal('api_request'),
    mode: z.enum(['live', 'test']),
    actor: z.string().meta({ description: 'key:key_…, app:… or user:usr_….' }),
    operation: z.string().meta({ description: 'The operationId.' }),
    method: z.string(),
    route: z.string().meta({ description: 'With parameters in braces; ids are not kept.' }),
    status: z.int(),
    problem: z
      .strictObject({
        code: z.string(),
        title: z.string(),
        detail: z.string(),
        errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })),
        documentation: z.string().meta({ description: 'Where the code is explained, relative to the API.' }),
      })
      .nullable()
      .meta({ description: 'What the refusal said; null: there was none.' }),
    durationMs: z.int(),
    correlationId: z.string(),
    idempotencyReplayed: z.boolean(),
    createdAt: instant.meta({ description: 'When it arrived, by the machine’s time.' }),
  })
  .meta({ id: 'ApiRequest', description: 'A request of your back ends. Bodies, queries and headers are never kept.' });
export type LoggedRequestAnswer = z.infer<typeof loggedRequest>;

export const getRequestLog = endpoint({
  id: 'getRequestLog',
  method: 'GET',
  path: '/api/v1/request-log',
  summary: 'List requests to the API, newest first',
  description:
    `All that came with valid credentials of yours in the last ${SHOWN_DAYS} days, in the mode of these credentials. Written ` +
    'half a second after the answer at the latest, and not before it: a crash, or a database that cannot keep up, leaves ' +
    'some out.',
  tag: 'Panel',
  access: { by: 'tenant', scope: 'request-log:read' },
  idempotency: 'none',
  query: z.strictObject({
    ...pageQuery,
    code: code.optional(),
    refused: z.enum(['true', 'false']).optional().meta({ description: 'Only what was refused, or only what was not.' }),
    operation: z.string().max(64).optional(),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
    status: z.coerce.number().int().min(100).max(599).optional(),
    actor: z.string().max(128).optional(),
    correlationId: z.string().max(64).optional(),
    createdAfter: instant.optional(),
    createdBefore: instant.optional(),
  }),
  answer: { status: 200, schema: pageAnswer(loggedRequest), description: 'A page of requests.' },
  problems: [],
});
