import { lowestId } from '../../src/kernel/id.ts';
import type { Answer } from '../support/api-client.ts';
import type { Stage } from './refusal-stage.ts';

/** Longer ago than any installation of a test keeps anything. */
const LONG_GONE = Temporal.Instant.from('2020-01-01T00:00:00Z');

/** What happened so long ago that it is not kept any more, although its row still stands there. */
async function oldEvent({ tollgate: { database, tenant } }: Stage): Promise<string> {
  const id = lowestId('evt', LONG_GONE);
  await database.run(
    `insert into events (tenant_id, event_id, mode, type, api_version, object, created_at)
     values ($1, $2, 'test', 'payment.succeeded', 'x', 'null', $3) on conflict do nothing`,
    [tenant.tenant.tenantId, id, LONG_GONE.toString()],
  );
  return id;
}

export async function readOldEvent(stage: Stage): Promise<Answer> {
  return stage.shop.send('GET', `/events/${await oldEvent(stage)}`);
}

export async function resendOldEvent(stage: Stage): Promise<Answer> {
  const id = await oldEvent(stage);
  return stage.shop.send('POST', `/events/${id}/resend`, { body: { endpointId: 'we_any' } });
}

async function oldDelivery(stage: Stage): Promise<string> {
  const [eventId, deliveryId] = [await oldEvent(stage), lowestId('whd', LONG_GONE)];
  await stage.tollgate.database.run(
    `insert into deliveries (tenant_id, delivery_id, lane_id, event_id, event_type, mode, url_override, trigger, status, created_at)
     values ($1, $2, 'origin', $3, 'payment.succeeded', 'test', 'https://shop.example', 'automatic', 'succeeded', $4)
     on conflict do nothing`,
    [stage.tollgate.tenant.tenant.tenantId, deliveryId, eventId, LONG_GONE.toString()],
  );
  return deliveryId;
}

export async function resendOldDelivery(stage: Stage): Promise<Answer> {
  return stage.shop.send('POST', `/deliveries/${await oldDelivery(stage)}/resend`);
}

export async function readOldMessage(stage: Stage): Promise<Answer> {
  return stage.shop.send('GET', `/deliveries/${await oldDelivery(stage)}/message`);
}

export async function replayOldEvents({ shop }: Stage): Promise<Answer> {
  const { body } = await shop.send('POST', '/webhook-endpoints', { body: { url: 'https://shop.example/old' } });
  const until = LONG_GONE.add({ hours: 24 }).toString();
  return shop.send('POST', `/webhook-endpoints/${body.id}/replay`, { body: { since: LONG_GONE.toString(), until } });
}

/** A notification of which only the row is left; refused in its time, so that a replay would verify it anew. */
async function emptiedNotification({ tollgate: { database, tenant } }: Stage): Promise<string> {
  const id = lowestId('in', LONG_GONE);
  await database.run(
    `insert into inbound_events (tenant_id, inbound_event_id, provider_account_id, provider, received_at, remote_address,
       request_sealed, verdict, facts)
     select tenant_id, $2, provider_account_id, provider, $3, '127.0.0.1', '', 'bad_signature', '[]'
     from provider_accounts where tenant_id = $1 and mode = 'test' and provider = 'sandbox' limit 1
     on conflict do nothing`,
    [tenant.tenant.tenantId, id, LONG_GONE.toString()],
  );
  return id;
}

export async function readEmptiedNotification(stage: Stage): Promise<Answer> {
  return stage.shop.send('GET', `/inbound-events/${await emptiedNotification(stage)}`);
}

export async function replayEmptiedNotification(stage: Stage): Promise<Answer> {
  return stage.shop.send('POST', `/inbound-events/${await emptiedNotification(stage)}/replay`);
}
