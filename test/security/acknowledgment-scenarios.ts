import { type Answer, until } from '../support/api-client.ts';
import { plantDeadline } from '../support/planted-deadline.ts';
import { passTest } from '../support/reversing-endpoint.ts';
import type { Stage } from './refusal-stage.ts';

const REVERSING = { type: 'reverse_on_no_ack' };
const BECOME_REVERSING = { body: { ackPolicy: REVERSING } };

/** An endpoint of the shop for the length of an act, tested, of events that never happen. */
async function withEndpoint(stage: Stage, act: (endpointId: string) => Promise<Answer>): Promise<Answer> {
  const { shop, tollgate } = stage;
  const fields = { url: 'http://127.0.0.1:9/nobody', eventTypes: ['payment.succeeded'] };
  const { body } = await shop.send('POST', '/webhook-endpoints', { body: fields });
  await passTest(tollgate.database, body.id);
  try {
    return await act(body.id);
  } finally {
    await shop.send('DELETE', `/webhook-endpoints/${body.id}`);
  }
}

/** The same with the policy, and a fuse that is open. */
export function withOpenFuse(stage: Stage, act: (endpointId: string) => Promise<Answer>): Promise<Answer> {
  const { shop, tollgate } = stage;
  return withEndpoint(stage, async (endpointId) => {
    await shop.send('PATCH', `/webhook-endpoints/${endpointId}`, BECOME_REVERSING);
    await tollgate.database.run(
      `insert into ack_fuses (tenant_id, endpoint_id, mode, state, recent, reason, opened_at, updated_at)
       values ($1, $2, 'test', 'open', '-----', 'consecutive', '2100-01-01', '2100-01-01')`,
      [tollgate.tenant.tenant.tenantId, endpointId],
    );
    return act(endpointId);
  });
}

export async function createWhileUnhealthy(stage: Stage, create = () => stage.shop.create()): Promise<Answer> {
  return withOpenFuse(stage, () =>
    until(async () => {
      const answer = await create();
      return answer.status !== 201 && answer;
    }),
  );
}

export async function confirmWhileUnhealthy(stage: Stage): Promise<Answer> {
  const { id } = (await stage.shop.create()).body;
  return withOpenFuse(stage, () => stage.shop.confirm(id, 'tok_approve'));
}

export async function confirmSessionWhileUnhealthy(stage: Stage): Promise<Answer> {
  const { checkoutToken } = (await stage.shop.create()).body;
  const path = `/checkout-sessions/${checkoutToken}/confirm`;
  return withOpenFuse(stage, () => stage.anyone.send('POST', path, { body: {} }));
}

export async function reverseByTwo(stage: Stage): Promise<Answer> {
  const { shop } = stage;
  return withEndpoint(stage, async (first) => {
    await shop.send('PATCH', `/webhook-endpoints/${first}`, BECOME_REVERSING);
    return withEndpoint(stage, (second) => shop.send('PATCH', `/webhook-endpoints/${second}`, BECOME_REVERSING));
  });
}

export async function resetWithoutTest(stage: Stage): Promise<Answer> {
  return withOpenFuse(stage, (id) => stage.shop.send('POST', `/webhook-endpoints/${id}/fuse/reset`));
}

/** A decision about a deadline that waits for nobody's. */
export function settleEnded(verb: 'fire' | 'dismiss') {
  return async (stage: Stage): Promise<Answer> => {
    const { shop, tollgate } = stage;
    const { id: paymentId } = (await shop.create()).body;
    return withEndpoint(stage, async (endpointId) => {
      const { tenantId } = tollgate.tenant.tenant;
      const planted = { tenantId, paymentId, endpointId, state: 'acknowledged' } as const;
      const deadlineId = await plantDeadline(tollgate.database, planted);
      return shop.send('POST', `/ack-deadlines/${deadlineId}/${verb}`);
    });
  };
}
