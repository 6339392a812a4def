import { z } from 'zod';
import { type FieldError, Problem } from '../kernel/problem.ts';
import { type TenantSettings, tenantSettings } from './settings.ts';

/** A JSON merge patch: what is given replaces, `null` takes away, objects are merged. */
export type MergePatch = { readonly [name: string]: unknown };

/**
 * The shape of a merge patch for settings. Every member may be left out or null.
 * https://www.rfc-editor.org/rfc/rfc7396
 */
export const settingsPatch = z
  .strictObject({
    ...patchShape(tenantSettings.shape),
    version: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'Refuse where the settings are no longer of this version.' }),
  })
  .meta({ id: 'UpdateSettings' }) as z.ZodType<MergePatch & { readonly version?: number | undefined }>;

/**
 * The settings after a patch; the members that it names still have rules of their own (check-settings.ts).
 * @throws Problem validation_failed where the whole breaks a rule that no part of the patch does
 */
export function patchSettings(settings: TenantSettings, patch: MergePatch): TenantSettings {
  const patched = tenantSettings.safeParse(mergePatch(settings, patch));
  if (patched.success) return patched.data;
  const errors: FieldError[] = patched.error.issues.map(({ path, message }) => ({
    pointer: path.map((step) => `/${String(step)}`).join(''),
    detail: message,
  }));
  throw new Problem('validation_failed', 'Some settings break a rule.', { errors });
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map<string, unknown>(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is MergePatch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function patchShape(shape: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(shape).map(([name, member]) => [name, patchOf(member)]));
}

/** The member's own shape without what a patch must not do: a default would overwrite what it leaves out. */
function patchOf(member: z.ZodType): z.ZodType {
  const { description } = member;
  let inner = member;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) inner = inner.unwrap() as z.ZodType;
  const described = description === undefined ? {} : { description };
  return partsOf(inner).nullable().optional().meta(described);
}

function partsOf(shape: z.ZodType): z.ZodType {
  if (shape instanceof z.ZodObject) return z.strictObject(patchShape(shape.shape));
  if (shape instanceof z.ZodRecord) {
    const { keyType, valueType } = shape as z.ZodRecord<z.core.$ZodRecordKey, z.ZodType>;
    return z.record(keyType, valueType.nullable());
  }
  return shape;
}
