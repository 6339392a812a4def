import { Problem } from '../../kernel/problem.ts';
import type { Dialect, DialectEvent, DialectKey } from './dialect.ts';
import { newStandardSecret, parseStandardSecret, signStandard } from './standard.ts';

/** Every event as JSON, under the headers of Standard Webhooks; any 2xx acknowledges. docs/dialects/standard.md */
export const standardDialect: Dialect = {
  id: 'standard',
  speaks: () => true,
  needsPayment: false,
  encode(event, _endpoint, keys, clock) {
    const body = bodyOf(event);
    const headers = signStandard({ id: event.eventId, at: clock.now(), body, secrets: keys.flatMap(secretOf) });
    return { headers: { ...headers, 'content-type': 'application/json' }, body };
  },
  acknowledged: ({ status }) => status >= 200 && status < 300,
  newSecret: newStandardSecret,
  brokenRule(secret) {
    try {
      parseStandardSecret(secret);
      return null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return 'Must be whsec_ and 24 to 64 bytes in base64';
    }
  },
};

function secretOf(key: DialectKey): readonly string[] {
  return key.kind === 'secret' ? [key.text] : [];
}

/** An event goes to several receivers and may be sent again; what it says stays the same. */
const bodies = new WeakMap<DialectEvent, string>();

function bodyOf(event: DialectEvent): string {
  const known = bodies.get(event);
  if (known !== undefined) return known;
  const body = JSON.stringify({
    id: event.eventId,
    type: event.type,
    apiVersion: event.apiVersion,
    createdAt: event.createdAt.toString(),
    mode: event.mode,
    tenantId: event.tenantId,
    data: { object: event.object },
  });
  bodies.set(event, body);
  return body;
}
