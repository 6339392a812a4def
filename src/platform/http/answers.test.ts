import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Problem } from '../../kernel/problem.ts';
import { echoThing, endpointLike, problem, send, startTestServer } from './http-server-fixture.ts';

describe('answers', () => {
  it.each([
    ['a bigint', { amount: 5n }],
    ['a field that is not declared', { amount: 5, secret: 'CANARY' }],
    ['a value that breaks its rule', { amount: 5_000 }],
    ['nothing', undefined],
  ])('never carry %s', async (_what, body) => {
    const { url, lines } = await startTestServer([{ ...echoThing, handle: async () => ({ body }) }]);
    const answer = await send(`${url}/things`, { amount: 1 });
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('CANARY');
    expect(JSON.stringify(lines)).toContain('A request failed');
    expect(JSON.stringify(lines)).not.toContain('CANARY');
  });

  it('never carry a field that a lenient schema would drop', async () => {
    const schema = z.object({ ok: z.literal(true), inner: z.object({ a: z.int() }) });
    const answer = { status: 200, schema, description: 'Done' } as const;
    const body = { ok: true, inner: { a: 1, secret: 'CANARY' } };
    const { url, lines } = await startTestServer([{ ...endpointLike({ answer }), handle: async () => ({ body }) }]);
    expect((await send(`${url}/things`, {})).status).toBe(500);
    expect(JSON.stringify(lines)).toContain('the undeclared field /inner/secret');
  });

  it('have no body with status 204', async () => {
    const answer = { status: 204, schema: z.undefined(), description: 'Gone' } as const;
    const bound = { ...endpointLike({ answer, method: 'DELETE' }), handle: async () => ({ body: undefined }) };
    const { url } = await startTestServer([bound]);
    const gone = await fetch(`${url}/things`, { method: 'DELETE', headers: { authorization: 'Bearer test' } });
    expect(gone.status).toBe(204);
    expect(await gone.text()).toBe('');
  });

  it('leave out nothing a verb adds to the headers, and refuse line breaks in them', async () => {
    const answer = (location: string) => ({
      ...echoThing,
      handle: async () => ({ body: { amount: 1 }, headers: { location } }),
    });
    const good = await startTestServer([answer('/things/1')]);
    expect((await send(`${good.url}/things`, { amount: 1 })).headers.get('location')).toBe('/things/1');
    const bad = await startTestServer([answer('/x\r\nSet-Cookie: a=b')]);
    const refused = await send(`${bad.url}/things`, { amount: 1 });
    expect(refused.status).toBe(500);
    expect(refused.headers.get('set-cookie')).toBeNull();
  });
});

describe('refusals', () => {
  const failing = (error: unknown) => ({
    ...echoThing,
    handle: async () => {
      throw error;
    },
  });

  it('say nothing about an unknown error, which is logged with its stack', async () => {
    const { url, lines } = await startTestServer([failing(new Error('relation "CANARY" does not exist'))]);
    const refused = await send(`${url}/things`, { amount: 1 });
    expect(refused.status).toBe(500);
    const answer = await problem(refused);
    expect(answer.code).toBe('internal_error');
    expect(JSON.stringify(answer)).not.toContain('CANARY');
    const line = lines.find(({ msg }) => msg === 'A request failed');
    expect(line).toMatchObject({
      correlationId: answer.correlationId,
      error: { stack: expect.stringContaining('CANARY') },
    });
  });

  it('are given as thrown where the endpoint declares them', async () => {
    const { url } = await startTestServer([
      failing(new Problem('state_conflict', 'Captured.', { members: { id: 'x' } })),
    ]);
    const refused = await send(`${url}/things`, { amount: 1 });
    expect(refused.status).toBe(409);
    expect(await problem(refused)).toMatchObject({ type: '/docs/errors#state_conflict', detail: 'Captured.', id: 'x' });
  });

  it('that are not declared are logged, and fail where answers are checked', async () => {
    const undeclared = failing(new Problem('app_name_taken'));
    const strict = await startTestServer([undeclared]);
    expect((await send(`${strict.url}/things`, { amount: 1 })).status).toBe(500);
    const production = await startTestServer([undeclared], { checkAnswers: false });
    expect((await send(`${production.url}/things`, { amount: 1 })).status).toBe(409);
    const line = { endpoint: 'things.create', code: 'app_name_taken' };
    expect(production.lines).toContainEqual(expect.objectContaining(line));
  });

  it('say when to come back', async () => {
    const limited = await startTestServer([
      failing(new Problem('too_many_requests', 'Slow.', { retryAfterSeconds: 2.5 })),
    ]);
    expect((await send(`${limited.url}/things`, { amount: 1 })).headers.get('retry-after')).toBe('3');
    const lost = await startTestServer([failing(new Error('database gone'))], {
      translateError: () => new Problem('unavailable'),
    });
    const refused = await send(`${lost.url}/things`, { amount: 1 });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
  });
});
