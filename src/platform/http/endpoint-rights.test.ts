import { describe, expect, it, test } from 'vitest';
import { BY_NAME_ONLY, type Caller, type Person, scopeCovers } from '../../kernel/caller.ts';
import { createThing, endpointLike, problem, send, startTestServer } from './http-server-fixture.ts';

/** The fixture's clock stands at 2026-01-01T00:00:00Z. */
function personAt(secondFactorAt: string | null): Person {
  return {
    userId: 'usr_1',
    sessionId: 'ses_1',
    secondFactorAt: secondFactorAt === null ? null : Temporal.Instant.from(secondFactorAt),
  };
}

function tenantCaller(person: Person | null): Caller {
  return { by: 'tenant', tenantId: 'ten_1', mode: 'test', scopes: ['things:*'], actor: 'user:usr_1', person };
}

const operatorAccess = (permission: `${string}:${'read' | 'create'}`) => ({ by: 'operator', permission }) as const;
const asOperator = { authorization: 'Bearer operator' };

describe('an operator', () => {
  it('is served where the permission of the endpoint was given, and refused where it was not', async () => {
    const { url } = await startTestServer([endpointLike({ access: operatorAccess('things:read') })]);
    expect((await send(`${url}/things`, {}, asOperator)).status).toBe(200);
    const other = await startTestServer([endpointLike({ access: operatorAccess('things:create') })]);
    const refused = await send(`${other.url}/things`, {}, asOperator);
    expect(refused.status).toBe(403);
    expect(await problem(refused)).toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining('things:create'),
    });
  });
});

describe('a dangerous act', () => {
  const dangerous = endpointLike({ access: createThing.access, stepUp: true });
  const answerFor = async (caller: Caller) => {
    const { url } = await startTestServer([dangerous], { authenticate: async () => caller });
    return send(`${url}/things`, {});
  };

  test.each([
    ['never', null, 403],
    ['just now', '2026-01-01T00:00:00Z', 200],
    ['almost ten minutes ago', '2025-12-31T23:50:00.001Z', 200],
    ['ten minutes ago', '2025-12-31T23:50:00Z', 403],
  ] as const)('of a person whose second factor was proven %s is answered %s: %s', async (_when, at, status) => {
    const answer = await answerFor(tenantCaller(personAt(at)));
    expect(answer.status).toBe(status);
    if (status === 403) expect((await problem(answer)).code).toBe('step_up_required');
  });

  it('of a program asks for no second factor', async () => {
    expect((await answerFor(tenantCaller(null))).status).toBe(200);
  });

  it('is refused for the missing right first: who may not do it is not asked to prove anything', async () => {
    const powerless: Caller = { ...tenantCaller(personAt(null)), scopes: ['nothing:read'] } as Caller;
    expect((await problem(await answerFor(powerless))).code).toBe('forbidden');
  });
});

test('what a person does about themselves is of no use to a caller of another kind', async () => {
  const own = endpointLike({ access: { by: 'person' } });
  const { url } = await startTestServer([own], { authenticate: async () => tenantCaller(personAt(null)) });
  expect((await send(`${url}/things`, {})).status).toBe(500);
});

test('no wildcard covers any of what needs an administrator', () => {
  for (const permission of BY_NAME_ONLY) {
    expect(scopeCovers('all', permission as 'role:create')).toBe(false);
    expect(scopeCovers(['*:*', permission], permission as 'role:create')).toBe(true);
  }
});
