import type { Dialect, DialectEvent } from './dialect.ts';
import { keysOfKind, type TextKey } from './keys-of-kind.ts';
import { DEFAULT_SCHEDULE } from './schedules.ts';
import { dialectSecrets, STANDARD_PRIVATE_KEY, STANDARD_SECRET } from './secret-rules.ts';
import { parseStandardKey, type StandardKey, signStandardWith } from './standard.ts';

/** Every event as JSON, under the headers of Standard Webhooks; any 2xx acknowledges. docs/dialects/standard.md */
export const standardDialect: Dialect = {
  id: 'standard',
  speaks: () => true,
  needsPayment: false,
  encode(event, _endpoint, keys, clock) {
    const body = bodyOf(event);
    const signing = [...keysOfKind(keys, 'secret'), ...keysOfKind(keys, 'ed25519')].map(parsedOnce);
    const headers = signStandardWith(signing, { id: event.eventId, at: clock.now(), body });
    return { headers: { ...headers, 'content-type': 'application/json' }, body };
  },
  acknowledged: ({ status }) => status >= 200 && status < 300,
  defaultSchedule: DEFAULT_SCHEDULE,
  ...dialectSecrets({ signing: STANDARD_SECRET }, { signing_ed25519: STANDARD_PRIVATE_KEY }),
};

/** Reading an Ed25519 key costs more than signing with it, and a batch signs with the same ones again and again. */
const parsed = new WeakMap<TextKey, StandardKey>();

function parsedOnce(key: TextKey): StandardKey {
  const known = parsed.get(key) ?? parseStandardKey(key.text);
  parsed.set(key, known);
  return known;
}

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
