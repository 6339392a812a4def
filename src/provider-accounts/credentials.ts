import { z } from 'zod';
import type { Mode } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { type FieldError, Problem } from '../kernel/problem.ts';
import type { Sealer } from '../keys/sealer.ts';
import { checkAgainst } from '../platform/http/validation.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import { credentialsPlace, type ProviderAccount, previousCredentialsPlace } from './account.ts';

/** A JSON Schema of an object, as far as it is looked into here. */
type ObjectSchema = Readonly<Record<string, unknown>> & {
  readonly properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required?: readonly string[];
};

/** The JSON Schema of what a sender writes; secret fields are marked with `x-secret`, as everywhere in our API. */
export function inputSchema(schema: z.ZodType): ObjectSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: markSecret }) as ObjectSchema;
}

function markSecret({ jsonSchema }: { readonly jsonSchema: Record<string, unknown> }): void {
  if (jsonSchema.secret === true) jsonSchema['x-secret'] = true;
  delete jsonSchema.secret;
}

/**
 * Parses credentials by the provider's own schema, and refuses those without a secret (an empty key would verify what
 * anybody can sign) and those of the other mode.
 * @throws Problem validation_failed that names the field and the rule, never the value
 */
export function parseCredentials(
  provider: PaymentProvider,
  mode: Mode,
  sent: unknown,
): Readonly<Record<string, unknown>> {
  const checked = checkAgainst(z.strictObject({ credentials: provider.credentials }), { credentials: sent }, 'body');
  if (!checked.ok) throw wrongCredentials(checked.errors);
  const { credentials } = checked.value as { readonly credentials: Readonly<Record<string, unknown>> };
  const { properties = {} } = inputSchema(provider.credentials);
  const secrets = Object.keys(properties).filter((name) => properties[name]?.['x-secret'] === true);
  const given = secrets.filter((name) => credentials[name] !== undefined);
  if (given.length === 0) throw wrongCredentials([{ pointer: '/credentials', detail: 'Must hold a secret' }]);
  const blank = given.filter((name) => String(credentials[name]).trim() === '');
  if (blank.length > 0) {
    throw wrongCredentials(blank.map((name) => ({ pointer: `/credentials/${name}`, detail: 'Must not be blank' })));
  }
  const faults = provider.modeFaults?.(credentials, mode) ?? [];
  if (faults.length > 0) {
    throw wrongCredentials(faults.map(({ field, rule }) => ({ pointer: `/credentials/${field}`, detail: rule })));
  }
  return credentials;
}

/** A refusal of credentials, field by field. */
export function wrongCredentials(errors: readonly FieldError[]): Problem {
  return new Problem('validation_failed', 'These credentials break a rule of the provider.', { errors });
}

/** An account's credentials as they were sealed; the provider's schema has yet to parse them. */
export async function openCredentials(sealer: Sealer, account: ProviderAccount): Promise<Record<string, unknown>> {
  return JSON.parse(String(await sealer.open(credentialsPlace(account), account.credentialsSealed)));
}

/** What still verifies notifications beside the credentials; null outside the overlap of a rotation. */
export async function openPreviousCredentials(
  { sealer, clock }: { readonly sealer: Sealer; readonly clock: Clock },
  provider: PaymentProvider,
  account: ProviderAccount,
): Promise<unknown> {
  const { previousCredentials: previous } = account;
  if (previous === null || !isAhead(previous.until, clock)) return null;
  const json = String(await sealer.open(previousCredentialsPlace(account), previous.sealed));
  // What the adapter would not take any more verifies nothing; the current credentials go on working.
  const parsed = provider.credentials.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : null;
}

/** Until when the credentials before the last rotation are taken; null where they no longer are. */
export function overlapEnd({ previousCredentials }: ProviderAccount, clock: Clock): Temporal.Instant | null {
  return previousCredentials !== null && isAhead(previousCredentials.until, clock) ? previousCredentials.until : null;
}

function isAhead(instant: Temporal.Instant, clock: Clock): boolean {
  return Temporal.Instant.compare(clock.now(), instant) < 0;
}
