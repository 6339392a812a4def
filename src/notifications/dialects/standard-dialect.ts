import type { Dialect, DialectEvent } from './dialect.ts';
import { textsOf } from './keys-of-kind.ts';
import { DEFAULT_SCHEDULE } from './schedules.ts';
import { dialectSecrets, STANDARD_PRIVATE_KEY, STANDARD_SECRET } from './secret-rules.ts';
import { signStandard } from './standard.ts';

/** Every event as JSON, under the headers of Standard Webhooks; any 2xx acknowledges. docs/dialects/standard.md */
export const standardDialect: Dialect = {
  id: 'standard',
  speaks: () => true,
  needsPayment: false,
  encode(event, _endpoint, keys, clock) {
    const body = bodyOf(event);
    const secrets = [...textsOf(keys, 'secret'), ...textsOf(keys, 'ed25519')];
    const headers = signStandard({ id: event.eventId, at: clock.now(), body, secrets });
    return { headers: { ...headers, 'content-type': 'application/json' }, body };
  },
  acknowledged: ({ status }) => status >= 200 && status < 300,
  defaultSchedule: DEFAULT_SCHEDULE,
  ...dialectSecrets({ signing: STANDARD_SECRET }, { signing_ed25519: STANDARD_PRIVATE_KEY }),
};

function bodyOf(event: DialectEvent): string {
  return JSON.stringify({
    id: event.eventId,
    type: event.type,
    apiVersion: event.apiVersion,
    createdAt: event.createdAt.toString(),
    mode: event.mode,
    tenantId: event.tenantId,
    data: { object: event.object },
  });
}
