import { type FieldError, Problem } from '../kernel/problem.ts';
import { checkAppScheme, checkOrigin } from '../kernel/return-url.ts';
import { isLanguage, LANGUAGES } from './languages.ts';
import type { TenantSettings } from './settings.ts';

interface SettingsCheck {
  /** Leads to the settings in the caller's body, such as `/settings`. */
  readonly pointer: string;
  /** The members that were given; those that stand already keep what they are, also under a rule that is newer. */
  readonly given: ReadonlySet<string>;
  /** What the installation keeps for nobody longer. */
  readonly retentionDaysMax: number;
}

/**
 * Rules of settings beyond their shape, and the settings in the one spelling that is stored and compared.
 * @throws Problem validation_failed that names each field and its rule
 */
export function checkSettings(
  settings: TenantSettings,
  { pointer, given, retentionDaysMax }: SettingsCheck,
): TenantSettings {
  const errors: FieldError[] = [];
  const each = (name: keyof TenantSettings & ListName, check: (text: string) => Checked): string[] => {
    if (!given.has(name)) return settings[name];
    const checked = settings[name].map((text, index) => {
      const result = check(text);
      if (!result.ok) errors.push({ pointer: `${pointer}/${name}/${index}`, detail: result.rule });
      return result.ok ? result.value : text;
    });
    return [...new Set(checked)];
  };
  const canonical = {
    ...settings,
    returnOrigins: each('returnOrigins', canonicalOrigin),
    frameAncestors: each('frameAncestors', canonicalOrigin),
    appSchemes: each('appSchemes', (text) => {
      const checked = checkAppScheme(text);
      return checked.ok ? { ok: true, value: checked.scheme } : checked;
    }),
    languages: each('languages', spokenLanguage),
    timeZone: given.has('timeZone')
      ? canonicalTimeZone(settings.timeZone, `${pointer}/timeZone`, errors)
      : settings.timeZone,
  };
  if (given.has('branding')) errors.push(...wrongTexts(settings, pointer));
  if (given.has('retention')) errors.push(...tooLongKept(settings, pointer, retentionDaysMax));
  if (errors.length > 0) throw new Problem('validation_failed', 'Some settings break a rule.', { errors });
  return canonical;
}

type ListName = 'returnOrigins' | 'frameAncestors' | 'appSchemes' | 'languages';

type Checked = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly rule: string };

function canonicalOrigin(text: string): Checked {
  const checked = checkOrigin(text);
  return checked.ok ? { ok: true, value: checked.origin } : checked;
}

const LANGUAGE_RULE = `Must be one of ${LANGUAGES.join(', ')}`;

function spokenLanguage(text: string): Checked {
  return isLanguage(text) ? { ok: true, value: text } : { ok: false, rule: LANGUAGE_RULE };
}

/** By the zones this runtime knows; offsets such as +02:00, which it takes as well, are no place where clocks change. */
function canonicalTimeZone(name: string, pointer: string, errors: FieldError[]): string {
  try {
    if (/^[A-Za-z]/.test(name)) return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    // Said below, for whatever is no zone.
  }
  errors.push({ pointer, detail: 'Must be a time zone such as Africa/Johannesburg or UTC' });
  return name;
}

function wrongTexts({ branding: { texts = {} } }: TenantSettings, pointer: string): readonly FieldError[] {
  return Object.entries(texts).flatMap(([name, byLanguage]) =>
    Object.keys(byLanguage ?? {})
      .filter((language) => !isLanguage(language))
      .map((language) => ({ pointer: `${pointer}/branding/texts/${name}/${language}`, detail: LANGUAGE_RULE })),
  );
}

function tooLongKept({ retention }: TenantSettings, pointer: string, daysMax: number): FieldError[] {
  return Object.entries(retention ?? {}).flatMap(([name, days]) =>
    days === undefined || days <= daysMax
      ? []
      : [{ pointer: `${pointer}/retention/${name}`, detail: `Must be at most ${daysMax} here` }],
  );
}
