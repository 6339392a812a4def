import type { NotificationSettings, ProductNotificationSettings } from '../../../sdk/src/api.generated.ts';

/** `inherit`: as the tenant has it; a product's alone. */
export type Tri = 'on' | 'off' | 'inherit';

/** The settings as somebody changes them; a product's may say nothing. */
export interface SettingsDraft {
  readonly enabled: Tri;
  readonly paused: Tri;
  readonly additionalTypesAlsoToMain: Tri;
  readonly adminEmail: string;
}

export function draftOf(settings: NotificationSettings | ProductNotificationSettings): SettingsDraft {
  return {
    enabled: triOf(settings.enabled),
    paused: triOf(settings.paused),
    additionalTypesAlsoToMain: triOf(settings.additionalTypesAlsoToMain),
    adminEmail: settings.adminEmail ?? '',
  };
}

/** What of a draft differs, as the API takes it; null: nothing. Whoever may not pause sends nothing about it. */
export function changesOf(draft: SettingsDraft, before: SettingsDraft): Readonly<Record<string, unknown>> | null {
  const changed = (Object.keys(draft) as (keyof SettingsDraft)[]).filter((name) => draft[name] !== before[name]);
  if (changed.length === 0) return null;
  return Object.fromEntries(
    changed.map((name) => [name, name === 'adminEmail' ? emailOf(draft) : VALUES[draft[name]]]),
  );
}

const VALUES: Readonly<Record<Tri, boolean | null>> = { on: true, off: false, inherit: null };

function triOf(value: boolean | null): Tri {
  return value === null ? 'inherit' : value ? 'on' : 'off';
}

function emailOf({ adminEmail }: SettingsDraft): string | null {
  return adminEmail.trim() === '' ? null : adminEmail.trim();
}
