import { Problem } from '../kernel/problem.ts';
import type { Queryable } from '../platform/database.ts';
import type { EndpointContext } from './change-endpoint.ts';
import { findDialect } from './dialects/find-dialect.ts';
import { standardPublicKeyOf } from './dialects/standard-key-pair.ts';
import { mainPurpose } from './endpoint-secrets.ts';
import { mustLock } from './pause-endpoint.ts';
import { addSecret, type OpenSecret, openSecrets } from './signing-secrets.ts';
import { type Owner, type SecretPurpose, selectEndpoint, updateEndpoint } from './store.ts';
import { expireSecrets } from './store-secrets.ts';

/** Each valid secret is one more signature on every message, and one more thing to lose. */
const VALID_MAX = 3;

interface Rotation {
  readonly endpointId: string;
  readonly overlapSeconds: number;
  /** The dialect's main one unless given. */
  readonly purpose?: SecretPurpose | undefined;
  /** Generated unless given. */
  readonly secret?: string | undefined;
}

export interface RotatedSecret {
  readonly secretId: string;
  readonly purpose: SecretPurpose;
  /** null where it is the private half of a pair, which nobody but us needs. */
  readonly secret: string | null;
  readonly publicKey: string | null;
  readonly previousValidUntil: Temporal.Instant | null;
}

/**
 * Gives an endpoint a new secret of a purpose, in the caller's transaction. The old ones stay valid until the overlap ends,
 * or as long as an overlap before says. A test that was passed under the old secret counts no more.
 * @throws Problem not_found, validation_failed, state_conflict (three are valid)
 */
export async function rotateSecret(
  context: EndpointContext,
  tx: Queryable,
  owner: Owner,
  { endpointId, overlapSeconds, ...wanted }: Rotation,
): Promise<RotatedSecret> {
  const endpoint = await mustLock(tx, owner, endpointId);
  const dialect = findDialect(endpoint.dialect);
  const purpose = wanted.purpose ?? mainPurpose(dialect);
  checkPurpose(dialect, purpose);
  const secret = wanted.secret ?? dialect.newSecret(purpose);
  const detail = dialect.brokenRule(secret, purpose);
  if (detail !== null) refuse('/secret', detail);
  const secrets = { ...context, db: tx };
  const valid = (await openSecrets(secrets, endpoint)).filter((one) => one.purpose === purpose);
  if (overlapSeconds > 0 && valid.length >= VALID_MAX) {
    const detail = `${VALID_MAX} secrets are valid. Wait until one ends, or rotate with overlapSeconds 0, which ends them.`;
    throw new Problem('state_conflict', detail);
  }
  const now = context.clock.now();
  const at = now.add({ seconds: overlapSeconds });
  await expireSecrets(tx, endpoint, { purposes: [purpose], at });
  const secretId = await addSecret(secrets, endpoint, purpose, secret);
  await updateEndpoint(tx, { ...endpoint, testPassedAt: null, updatedAt: now });
  const isPair = purpose === 'signing_ed25519';
  return {
    ...{ secretId, purpose },
    secret: isPair ? null : secret,
    publicKey: isPair ? standardPublicKeyOf(secret) : null,
    previousValidUntil: valid.length === 0 || overlapSeconds === 0 ? null : lastEnd(valid, at),
  };
}

/** The valid secrets of an endpoint. @throws Problem not_found */
export async function readSecrets(
  context: EndpointContext,
  owner: Owner,
  endpointId: string,
): Promise<readonly OpenSecret[]> {
  const db = context.database.query;
  const endpoint = await selectEndpoint(db, owner, endpointId);
  if (endpoint === null) throw new Problem('not_found', 'There is no such endpoint.');
  return openSecrets({ ...context, db }, endpoint);
}

function checkPurpose(dialect: ReturnType<typeof findDialect>, purpose: SecretPurpose): void {
  const { required, optional } = dialect.secrets;
  if (required.includes(purpose) || optional.includes(purpose)) return;
  refuse('/purpose', `Must be a purpose that the dialect ${dialect.id} has: ${[...required, ...optional].join(', ')}`);
}

function refuse(pointer: string, detail: string): never {
  throw new Problem('validation_failed', 'Some fields break a rule.', { errors: [{ pointer, detail }] });
}

/** One that was to end sooner still does. */
function lastEnd(valid: readonly OpenSecret[], at: Temporal.Instant): Temporal.Instant {
  const ends = valid.map(({ expiresAt }) =>
    expiresAt === null || Temporal.Instant.compare(expiresAt, at) > 0 ? at : expiresAt,
  );
  return ends.sort(Temporal.Instant.compare).at(-1) ?? at;
}
