import { randomBytes } from 'node:crypto';
import type { ReadLogo } from '../logos/read-logo.ts';
import type { Database } from '../platform/database.ts';
import { type BoundEndpoint, bindEndpoint, type EndpointAnswer } from '../platform/http/bind-endpoint.ts';
import { type Language, offeredLanguages } from '../tenants/languages.ts';
import type { MergePatch } from '../tenants/patch-settings.ts';
import { findTenant } from '../tenants/read-tenant.ts';
import type { Tenant } from '../tenants/tenant.ts';
import { patchedTenant } from '../tenants/update-settings.ts';
import * as api from './api-preview.ts';
import { brandOf } from './brand-of.ts';
import { deadlineText } from './page/deadline-text.ts';
import { chooseLocale, localeOf } from './page/locale.ts';
import { renderCheckoutPage } from './page/render-checkout-page.ts';
import { sampleView } from './page/sample-views.ts';
import type { CheckoutKind } from './page/view.ts';

export interface PreviewContext {
  readonly database: Database;
  readonly retentionDaysMax: number;
  readonly readLogo: ReadLogo;
}

interface Preview {
  readonly state: CheckoutKind;
  readonly lang?: Language | undefined;
  /** Of the page that shows it in a frame; undefined: one of its own. */
  readonly nonce?: string | undefined;
  readonly receivedAt: Temporal.Instant;
}

/** The endpoints that show a tenant its page. */
export function previewRoutes(context: PreviewContext): readonly BoundEndpoint[] {
  const show = async (tenantId: string, patch: MergePatch, preview: Preview) => {
    const tenant = patchedTenant(await findTenant(context.database, tenantId), patch, context.retentionDaysMax);
    return previewPage(context, tenant, preview);
  };
  return [
    bindEndpoint(api.previewSettings, ({ caller, query, receivedAt }) =>
      show(caller.tenantId, {}, { ...query, receivedAt }),
    ),
    bindEndpoint(api.previewUnsaved, ({ caller, query, body: { version: _version, ...patch }, receivedAt }) =>
      show(caller.tenantId, patch, { ...query, receivedAt }),
    ),
  ];
}

/** Time that the sample has left. */
const MINUTES_LEFT = 15;

/** The real page of a sample payment, in one file that can do nothing, wherever it is shown. */
async function previewPage(
  { readLogo }: PreviewContext,
  tenant: Tenant,
  { state, lang, nonce = randomBytes(16).toString('base64'), receivedAt }: Preview,
): Promise<EndpointAnswer<string>> {
  const offered = offeredLanguages(tenant.settings.languages);
  const locale = lang === undefined ? chooseLocale(undefined, undefined, { offered }) : localeOf(lang);
  const image = tenant.logo && (await readLogo(tenant.tenantId, tenant.logo.hash));
  const { logoUrl: _path, ...brand } = brandOf(tenant, locale);
  const timeZone = tenant.settings.timeZone;
  const expiresAt = receivedAt.add({ minutes: MINUTES_LEFT });
  const view = sampleView(state, {
    brand: image === null ? brand : { ...brand, logoUrl: dataUrl(image) },
    locale,
    nonce,
    amount: { amount: 124_900n, currency: tenant.currency },
    expiresAtText: deadlineText({ expiresAt, now: receivedAt, tag: locale.tag, timeZone }),
    secondsLeft: MINUTES_LEFT * 60,
  });
  const policy = previewPolicy(nonce);
  return {
    body: renderCheckoutPage(view, { policy }),
    headers: { 'content-security-policy': `${policy}; frame-ancestors 'none'; sandbox` },
  };
}

/** Also stands in the page itself: one that is put into a frame by a script comes without headers. */
function previewPolicy(nonce: string): string {
  return `default-src 'none'; style-src 'nonce-${nonce}'; img-src data:; form-action 'none'; base-uri 'none'`;
}

function dataUrl(image: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(image).toString('base64')}`;
}
