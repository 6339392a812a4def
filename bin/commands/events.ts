import { z } from 'zod';
import { type ApiOptions, withApi } from './api-options.ts';

interface ListFlags extends ApiOptions {
  readonly type?: string;
  readonly payment?: string;
  readonly since?: string;
  readonly until?: string;
  readonly undelivered?: boolean;
  readonly limit: string;
}

const page = z.object({
  data: z.array(
    z.looseObject({
      id: z.string(),
      type: z.string(),
      createdAt: z.string(),
      data: z.object({ object: z.looseObject({ id: z.string() }) }),
    }),
  ),
});
const delivery = z.looseObject({ id: z.string(), endpointId: z.string() });

/** `tollgate events list`: newest first. */
export async function runListEvents(flags: ListFlags): Promise<void> {
  const { type, payment: paymentId, since, until, limit } = flags;
  const undelivered = flags.undelivered === true ? 'true' : undefined;
  const given = Object.entries({ type, paymentId, since, until, undelivered, limit });
  const query = new URLSearchParams(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  const answer = await withApi(flags, (api) => api.send('GET', `/events?${query}`));
  if (flags.json === true) return console.log(JSON.stringify(answer));
  for (const { id, type: told, createdAt, data } of page.parse(answer).data) {
    console.log(`${createdAt}  ${told.padEnd(24)} ${id}  ${data.object.id}`);
  }
}

/** `tollgate events resend`: to one endpoint, which need not have been told before. */
export async function runResendEvent(
  eventId: string,
  flags: ApiOptions & { readonly endpoint: string },
): Promise<void> {
  const body = { endpointId: flags.endpoint };
  const answer = await withApi(flags, (api) => api.send('POST', `/events/${encodeURIComponent(eventId)}/resend`, body));
  if (flags.json === true) return console.log(JSON.stringify(answer));
  const { id, endpointId } = delivery.parse(answer);
  console.log(`${eventId} is sent to ${endpointId} again, as ${id}.`);
}
