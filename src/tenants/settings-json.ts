import type { FieldError } from '../kernel/problem.ts';
import type { SettingsAnswer } from './api.ts';
import { offeredLanguages } from './languages.ts';
import { PRIMARY_COLOR } from './settings.ts';
import { logoPath, type Tenant } from './tenant.ts';

/** The colors of a page as it shows them: a tenant's own wherever it can be read and seen. */
export interface BrandColors {
  readonly button: string;
  readonly buttonText: string;
  /** Edges and focus, on the light and the dark surface. */
  readonly accent: string;
  readonly accentDark: string;
}

export interface SettingsJsonContext {
  /** What the page makes of a primary color. */
  readonly colorsOf: (primaryColor: string) => BrandColors;
  readonly checkoutUrl: string;
}

/** A tenant's settings with what the page makes of them. */
export function settingsJson({ colorsOf, checkoutUrl }: SettingsJsonContext, tenant: Tenant): SettingsAnswer {
  const { settings, logo } = tenant;
  const colors = colorsOf(settings.branding.primaryColor);
  return {
    ...settings,
    version: tenant.settingsVersion,
    logo: logo && { url: checkoutUrl + logoPath(tenant.tenantId, logo), width: logo.width, height: logo.height },
    effective: {
      name: settings.branding.displayName ?? tenant.name,
      colors,
      languages: [...offeredLanguages(settings.languages)],
      warnings: [...colorWarnings(settings.branding.primaryColor, colors), ...textWarnings(tenant)],
    },
  };
}

/** Nobody has asked for the default. */
function colorWarnings(asked: string, { button, accent, accentDark }: BrandColors): readonly FieldError[] {
  if (asked === PRIMARY_COLOR) return [];
  const pointer = '/branding/primaryColor';
  const warning = (shown: string, surface: string) => ({
    pointer,
    detail: `Is hard to see on ${surface}: edges and focus are shown in ${shown} there`,
  });
  return [
    ...(accent === button ? [] : [warning(accent, 'a light page')]),
    ...(accentDark === button ? [] : [warning(accentDark, 'a dark page')]),
  ];
}

function textWarnings(tenant: Tenant): readonly FieldError[] {
  const offered: readonly string[] = offeredLanguages(tenant.settings.languages);
  return Object.entries(tenant.settings.branding.texts ?? {}).flatMap(([name, byLanguage]) =>
    Object.keys(byLanguage ?? {})
      .filter((language) => !offered.includes(language))
      .map((language) => ({
        pointer: `/branding/texts/${name}/${language}`,
        detail: 'Is in a language that your page does not offer',
      })),
  );
}
