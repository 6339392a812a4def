import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import { OPERATOR_PERMISSIONS, TENANT_PERMISSIONS } from '../../src/access/permission.ts';
import { auditOf } from '../../src/audit/entry.ts';
import { BY_NAME_ONLY } from '../../src/kernel/caller.ts';
import type { Endpoint } from '../../src/kernel/endpoint.ts';
import { ENDPOINTS } from '../../src/roles/declarations.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { setUpOwner } from '../support/panel-person.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';
import { ACTS } from './audit-scenarios.ts';

let tollgate: Installation;
let sink: WebhookSink;
let shop: Merchant;
let operator: Merchant;

beforeAll(async () => {
  [tollgate, sink] = await Promise.all([startInstallation(), startWebhookSink()]);
  const { payments, clock } = tollgate.tollgate.gateway;
  const { tenantId } = tollgate.tenant.tenant;
  const all = { tenantId, mode: 'test', name: 'May do all', scopes: ['*', ...BY_NAME_ONLY] } as const;
  shop = merchantOf(tollgate.apiUrl, await createApiKey(payments.database.query, clock, all));
  operator = merchantOf(tollgate.apiUrl, tollgate.operatorKey);
});
afterAll(async () => {
  await tollgate.close();
  await sink.close();
});

const entriesOf = (correlationId: string) =>
  tollgate.database.run<{ tenant_id: string; action: string; outcome: string; actor: string; class: string }>(
    'select tenant_id, action, outcome, actor, class from audit_entries where correlation_id = $1',
    [correlationId],
  );

/** Whether it is for those who have signed in, or are about to: no key can do it. */
function isForPeople({ access }: Endpoint): boolean {
  if (access.by === 'operator') return isPersons(OPERATOR_PERMISSIONS, access.permission);
  if (access.by !== 'tenant') return true;
  // Rules about people are given to keys by name alone, and these need somebody to be of another rank than they are.
  return isPersons(TENANT_PERMISSIONS, access.scope) || access.scope.startsWith('user:');
}

function isPersons(facts: Readonly<Record<string, object>>, permission: string): boolean {
  return 'person' in (facts[permission] ?? {});
}

const recorded = ENDPOINTS.filter(
  (endpoint) => endpoint.method !== 'GET' && typeof auditOf(endpoint) === 'object' && !isForPeople(endpoint),
);

function asWhom({ access }: Endpoint): Merchant {
  return access.by === 'operator' ? operator : shop;
}

describe('whatever changes something is recorded once, in the transaction that changes it', () => {
  test.for(recorded)('$id', async (endpoint) => {
    const scenario = ACTS[endpoint.id];
    if (scenario === undefined) throw new Error(`Say in audit-scenarios.ts how ${endpoint.id} succeeds`);
    const act = await scenario({ tollgate, shop, operator, sinkUrl: sink.url });
    const body = act.body ?? (endpoint.body === undefined ? undefined : (endpoint.example ?? {}));
    const correlationId = `act-${endpoint.id}`;
    const answer = await asWhom(endpoint).send(endpoint.method, act.path, {
      ...(body === undefined ? {} : { body }),
      ...(act.file === undefined ? {} : { rawBody: act.file }),
      headers: {
        'x-correlation-id': correlationId,
        ...(act.file === undefined ? {} : { 'content-type': 'image/png' }),
      },
    });
    expect(answer.status, answer.text).toBe(endpoint.answer.status);
    const byOperator = endpoint.access.by === 'operator';
    expect(await entriesOf(correlationId)).toEqual([
      {
        tenant_id: byOperator ? 'system' : tollgate.tenant.tenant.tenantId,
        action: endpoint.id,
        // What wrote outside of a transaction would seem to have changed nothing.
        outcome: act.changes === false ? 'unchanged' : 'done',
        actor: expect.stringMatching(byOperator ? /^operator:op_/ : /^key:key_/),
        class: expect.any(String),
      },
    ]);
  });

  test('what people do to get in, and once they are in, is recorded as theirs', async () => {
    const { userId, browser } = await setUpOwner(tollgate);
    const invited = await browser.send('POST', '/operator/invitations', {
      body: { email: 'audrey@shop.example', role: 'auditor' },
    });
    expect(invited.status, invited.text).toBe(201);
    const other = await browser.send('POST', '/operator/invitations', {
      body: { email: 'otto@shop.example', role: 'auditor' },
    });
    await browser.send('DELETE', `/operator/invitations/${other.body.id}`);
    await browser.send('PATCH', '/me', { body: { name: 'Ada King' } });
    await browser.send('DELETE', '/session');
    const acts = await tollgate.database.run<{ action: string; actor: string }>(
      `select action, actor from audit_entries where tenant_id = 'system' and actor !~ '^operator:' order by seq`,
    );
    expect(acts).toEqual([
      { action: 'acceptLink', actor: 'browser' },
      ...[
        ...['offerTotp', 'confirmTotp', 'inviteOperatorUser', 'inviteOperatorUser', 'withdrawOperatorInvitation'],
        ...['changeName', 'signOut'],
      ].map((action) => ({ action, actor: `user:${userId}` })),
    ]);
    // What stands outside of the transaction of its change would say that nothing was changed.
    const changes = await tollgate.database.run<{ outcome: string }>(
      `select outcome from audit_entries where action ~ '^(inviteOperatorUser|withdrawOperatorInvitation|changeName)$'`,
    );
    expect(changes.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'done']);
  });

  test('and nothing is known of acts that no endpoint declares', () => {
    expect(Object.keys(ACTS).sort()).toEqual(recorded.map(({ id }) => id).sort());
  });
});
