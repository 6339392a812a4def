import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditOf } from '../../src/audit/entry.ts';
import type { Endpoint } from '../../src/kernel/endpoint.ts';
import { ENDPOINTS } from '../../src/roles/declarations.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { type Merchant, merchantOf } from '../support/merchant.ts';
import { startWebhookSink, type WebhookSink } from '../support/webhook-sink.ts';
import { ACTS } from './audit-scenarios.ts';

let tollgate: Installation;
let sink: WebhookSink;
let shop: Merchant;

beforeAll(async () => {
  [tollgate, sink] = await Promise.all([startInstallation(), startWebhookSink()]);
  shop = merchantOf(tollgate.apiUrl, tollgate.tenant.apiKeys.test);
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

const recorded = ENDPOINTS.filter((endpoint) => endpoint.method !== 'GET' && typeof auditOf(endpoint) === 'object');

function asWhom({ access }: Endpoint): Merchant {
  return access.by === 'operator' ? merchantOf(tollgate.apiUrl, tollgate.operatorKey) : shop;
}

describe('whatever changes something is recorded once, in the transaction that changes it', () => {
  test.for(recorded)('$id', async (endpoint) => {
    const scenario = ACTS[endpoint.id];
    if (scenario === undefined) throw new Error(`Say in audit-scenarios.ts how ${endpoint.id} succeeds`);
    const act = await scenario({ tollgate, shop, sinkUrl: sink.url });
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

  test('and nothing is known of acts that no endpoint declares', () => {
    expect(Object.keys(ACTS).sort()).toEqual(recorded.map(({ id }) => id).sort());
  });
});
