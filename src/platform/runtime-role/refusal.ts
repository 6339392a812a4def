import type { RightsComparison } from './compare-rights.ts';

/** Thrown with a sentence for the operator: the gateway would run with more or with less than it should. */
export class RuntimeRoleRefused extends Error {
  override readonly name = 'RuntimeRoleRefused';
}

const NAMED_MAX = 12;

/** What to do about a role that is not what it should be; null where it is. */
export function refusalOf(role: string, compared: RightsComparison | null): RuntimeRoleRefused | null {
  if (compared === null) {
    return new RuntimeRoleRefused(
      `The role ${role} of DATABASE_URL does not exist. Create it: create role "${role.replaceAll('"', '""')}" login password '…'`,
    );
  }
  const { lacks, exceeds, stands } = compared;
  if (stands.length > 0) {
    return new RuntimeRoleRefused(
      `The role ${role} of DATABASE_URL ${listed(stands)}: it could change and delete what must not change. ` +
        'Give DATABASE_URL a role of its own (docs/operating.md, Two roles).',
    );
  }
  const faults = [
    ...(lacks.length === 0 ? [] : [`lacks ${listed(lacks)}`]),
    ...(exceeds.length === 0 ? [] : [`has too much: ${listed(exceeds)}`]),
  ];
  if (faults.length === 0) return null;
  return new RuntimeRoleRefused(
    `The role ${role} of DATABASE_URL ${faults.join('; and ')}. ` +
      "Run `npx tollgate migrate` with DATABASE_MIGRATE_URL set to the address of the database's owner.",
  );
}

function listed(all: readonly string[]): string {
  const more = all.length > NAMED_MAX ? `, and ${all.length - NAMED_MAX} more` : '';
  return all.slice(0, NAMED_MAX).join(', ') + more;
}
