import { type Language, offeredLanguages } from '../tenants/languages.ts';
import { logoPath, type Tenant, type TenantLogo } from '../tenants/tenant.ts';
import type { CheckoutLocale } from './page/locale.ts';
import type { BrandText, CheckoutBrand } from './page/view.ts';

/** The room of a logo in the page's head, in its pixels. */
const LOGO_WIDTH_MAX = 128;
const LOGO_HEIGHT_MAX = 36;

/** How a tenant shows itself in a language. */
export function brandOf(tenant: Tenant, locale: CheckoutLocale): CheckoutBrand {
  const { branding } = tenant.settings;
  const { supportUrl, legalUrl, legalLinks: { terms, privacy, imprint } = {}, texts } = branding;
  const languages = offeredLanguages(tenant.settings.languages);
  const payNote = textIn(texts?.payNote, locale, languages);
  const resultNote = textIn(texts?.resultNote, locale, languages);
  return {
    name: branding.displayName ?? tenant.name,
    primaryColor: branding.primaryColor,
    ...(tenant.logo === null
      ? {}
      : { logoUrl: logoPath(tenant.tenantId, tenant.logo), logoSize: shownSize(tenant.logo) }),
    ...(supportUrl === undefined ? {} : { supportUrl }),
    ...(legalUrl === undefined ? {} : { legalUrl }),
    legalLinks: {
      ...(terms === undefined ? {} : { terms }),
      ...(privacy === undefined ? {} : { privacy }),
      ...(imprint === undefined ? {} : { imprint }),
    },
    ...(payNote === null ? {} : { payNote }),
    ...(resultNote === null ? {} : { resultNote }),
    languages,
  };
}

/** A text in the page's language, else in the tenant's first: rather understood by some than by nobody. */
function textIn(
  texts: Readonly<Record<string, string>> | undefined,
  { language }: CheckoutLocale,
  languages: readonly Language[],
): BrandText | null {
  for (const wanted of [language, ...languages]) {
    const text = texts?.[wanted];
    if (text !== undefined) return { text, language: wanted };
  }
  return null;
}

function shownSize({ width, height }: TenantLogo): { readonly width: number; readonly height: number } {
  const scale = Math.min(LOGO_WIDTH_MAX / width, LOGO_HEIGHT_MAX / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
