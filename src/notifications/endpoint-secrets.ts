import { present } from '../kernel/assert.ts';
import type { Clock } from '../kernel/clock.ts';
import { type FieldError, Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import type { Queryable } from '../platform/database.ts';
import type { Dialect } from './dialects/dialect.ts';
import { addSecret, openSecrets } from './signing-secrets.ts';
import type { SecretOwner, SecretPurpose } from './store.ts';
import { expireSecrets } from './store-secrets.ts';

interface SecretContext {
  readonly db: Queryable;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** Secrets as a request names them; `secret` is the one that the dialect cannot do without. */
export interface GivenSecrets {
  readonly secret?: string | undefined;
  readonly dataProtectionKey?: string | undefined;
  readonly notificationKey?: string | undefined;
}

/** Secrets that were made just now, the only time they are seen. */
export interface NewSecrets {
  readonly secret?: string;
  readonly dataProtectionKey?: string;
  readonly notificationKey?: string;
}

type SecretsByPurpose = ReadonlyMap<SecretPurpose, string>;

const PURPOSES: readonly SecretPurpose[] = ['signing', 'signing_ed25519', 'data_protection', 'notification'];

/** What each given secret is for in a dialect. @throws Problem validation_failed, naming each that breaks a rule */
export function assignSecrets(dialect: Dialect, given: GivenSecrets): SecretsByPurpose {
  const named = [
    ['dataProtectionKey', 'data_protection', given.dataProtectionKey],
    ['notificationKey', 'notification', given.notificationKey],
    ['secret', mainPurpose(dialect), given.secret],
  ] as const;
  const assigned = new Map<SecretPurpose, string>();
  const errors: FieldError[] = [];
  for (const [name, purpose, secret] of named) {
    if (secret === undefined) continue;
    const detail = assigned.has(purpose)
      ? 'Must be left out: it is the key that is given by its own name'
      : dialect.brokenRule(secret, purpose);
    if (detail === null) assigned.set(purpose, secret);
    else errors.push({ pointer: `/${name}`, detail });
  }
  if (errors.length > 0) throw new Problem('validation_failed', 'A secret has the wrong form.', { errors });
  return assigned;
}

/** Gives a new endpoint its secrets: those given, and generated ones where the dialect needs one. Returns all of them. */
export async function createSecrets(
  context: SecretContext,
  owner: SecretOwner,
  dialect: Dialect,
  given: SecretsByPurpose,
): Promise<NewSecrets & { readonly secret: string }> {
  const all = new Map(dialect.secrets.required.map((purpose) => [purpose, dialect.newSecret(purpose)]));
  for (const [purpose, text] of given) all.set(purpose, text);
  for (const [purpose, text] of all) await addSecret(context, owner, purpose, text);
  return { ...shown(all), secret: present(all.get(mainPurpose(dialect)), 'the secret that the dialect needs') };
}

/**
 * Gives an endpoint the secrets of another dialect: those given, those it has that the dialect takes, and generated ones
 * where it needs one. All others end now, with them the overlap of any rotation. Returns those that were made.
 */
export async function changeSecrets(
  context: SecretContext,
  owner: SecretOwner,
  dialect: Dialect,
  given: SecretsByPurpose,
): Promise<NewSecrets> {
  const { required, optional } = dialect.secrets;
  const valid = await openSecrets(context, owner);
  const made = new Map(given);
  const keep: string[] = [];
  for (const purpose of [...required, ...optional]) {
    const newest = valid.find((secret) => secret.purpose === purpose);
    if (made.has(purpose)) continue;
    if (newest !== undefined && dialect.brokenRule(newest.text, purpose) === null) keep.push(newest.secretId);
    else if (required.includes(purpose)) made.set(purpose, dialect.newSecret(purpose));
  }
  await expireSecrets(context.db, owner, { purposes: PURPOSES, at: context.clock.now(), keep });
  for (const [purpose, text] of made) await addSecret(context, owner, purpose, text);
  const main = made.get(mainPurpose(dialect));
  return { ...shown(made), ...(main === undefined ? {} : { secret: main }) };
}

/** What the API calls `secret`. */
export function mainPurpose(dialect: Dialect): SecretPurpose {
  return present(dialect.secrets.required[0], 'a secret that every dialect has');
}

function shown(secrets: SecretsByPurpose): NewSecrets {
  const dataProtectionKey = secrets.get('data_protection');
  const notificationKey = secrets.get('notification');
  return {
    ...(dataProtectionKey === undefined ? {} : { dataProtectionKey }),
    ...(notificationKey === undefined ? {} : { notificationKey }),
  };
}
