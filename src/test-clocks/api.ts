import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { instant, line, pageAnswer, pageQuery } from '../kernel/shapes.ts';

const testClock = z
  .strictObject({
    id: z.string(),
    object: z.literal('test_clock'),
    name: z.string().nullable(),
    now: instant.meta({ description: "The tenant's time in test mode while the clock is held." }),
    status: z.enum(['held', 'released']),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'TestClock' });
export type TestClockAnswer = z.output<typeof testClock>;

const one = z.strictObject({ id: z.string().max(64) });

export const createTestClock = endpoint({
  id: 'createTestClock',
  method: 'POST',
  path: '/api/v1/test-clocks',
  summary: "Hold the tenant's time in test mode",
  description:
    'From now on no time passes for this tenant in test mode unless the clock is advanced: payments expire, windows close ' +
    'and retries come due when the clock says so. Signatures keep the real time. One clock can be held at a time; other ' +
    'processes follow within a second. Live mode has no test clocks.',
  tag: 'Test clocks',
  access: { by: 'tenant', scope: 'test-clock:create' },
  idempotency: 'optional',
  body: z
    .strictObject({
      name: line(100).optional(),
      now: instant
        .optional()
        .meta({ description: 'Where it starts, at or after the present; the present unless given.' }),
    })
    .default({})
    .meta({ id: 'CreateTestClock' }),
  answer: { status: 201, schema: testClock, description: 'The held clock.' },
  problems: ['state_conflict'],
  example: { name: 'A payment that expires' },
});

export const advanceTestClock = endpoint({
  id: 'advanceTestClock',
  method: 'POST',
  path: '/api/v1/test-clocks/{id}/advance',
  summary: 'Advance a test clock',
  description: 'Forward only, to an instant or by seconds. What has become due meanwhile is worked off at once.',
  tag: 'Test clocks',
  access: { by: 'tenant', scope: 'test-clock:update' },
  idempotency: 'optional',
  audit: { class: 'change', shows: ['to', 'seconds'] },
  params: one,
  body: z
    .strictObject({
      to: instant.optional(),
      seconds: z.int().min(1).max(157_680_000).optional(),
    })
    .refine((body) => (body.to === undefined) !== (body.seconds === undefined), {
      path: ['to'],
      error: 'Give either to or seconds',
    })
    .meta({ id: 'AdvanceTestClock' }),
  answer: { status: 200, schema: testClock, description: 'The clock where it stands now.' },
  problems: ['state_conflict'],
  example: { seconds: 900 },
});

export const releaseTestClock = endpoint({
  id: 'releaseTestClock',
  method: 'POST',
  path: '/api/v1/test-clocks/{id}/release',
  summary: 'Let time run again',
  description: "The machine's time counts again. What the clock has dated stays dated.",
  tag: 'Test clocks',
  access: { by: 'tenant', scope: 'test-clock:update' },
  idempotency: 'optional',
  params: one,
  answer: { status: 200, schema: testClock, description: 'The released clock.' },
  problems: [],
});

export const getTestClock = endpoint({
  id: 'getTestClock',
  method: 'GET',
  path: '/api/v1/test-clocks/{id}',
  summary: 'Read a test clock',
  tag: 'Test clocks',
  access: { by: 'tenant', scope: 'test-clock:read' },
  idempotency: 'none',
  params: one,
  answer: { status: 200, schema: testClock, description: 'The clock.' },
  problems: [],
});

export const listTestClocks = endpoint({
  id: 'listTestClocks',
  method: 'GET',
  path: '/api/v1/test-clocks',
  summary: 'List test clocks, newest first',
  tag: 'Test clocks',
  access: { by: 'tenant', scope: 'test-clock:read' },
  idempotency: 'none',
  query: z.strictObject({ ...pageQuery }),
  answer: { status: 200, schema: pageAnswer(testClock), description: 'A page of clocks.' },
  problems: [],
});
