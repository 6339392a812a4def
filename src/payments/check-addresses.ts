import type { Mode } from '../kernel/caller.ts';
import { type FieldError, Problem } from '../kernel/problem.ts';
import { checkReturnUrl } from '../kernel/return-url.ts';
import { checkTargetUrl, type TargetPolicy } from '../platform/outbound-address.ts';
import type { Tenant } from '../tenants/tenant.ts';

interface Addresses {
  readonly returnUrl?: string | undefined;
  readonly cancelUrl?: string | undefined;
  readonly notificationUrl?: string | undefined;
  readonly ipnUrl?: string | undefined;
}

/** What is wrong with where shoppers are to be sent, by the tenant's settings. */
export function checkReturnUrls({ settings }: Tenant, mode: Mode, addresses: Addresses): FieldError[] {
  const { returnOrigins: allowedOrigins, appSchemes } = settings;
  return (['returnUrl', 'cancelUrl'] as const).flatMap((field) => {
    const url = addresses[field];
    if (url === undefined) return [];
    const checked = checkReturnUrl(url, { allowedOrigins, appSchemes, mode });
    return checked.ok ? [] : [{ pointer: `/${field}`, detail: checked.rule }];
  });
}

/** Whether notifications of a payment may go where it says. @throws Problem target_not_allowed */
export function checkNotificationUrl(policy: TargetPolicy, addresses: Addresses): void {
  for (const field of ['notificationUrl', 'ipnUrl'] as const) {
    const url = addresses[field];
    if (url === undefined) continue;
    const checked = checkTargetUrl(url, policy);
    if (checked.ok) continue;
    throw new Problem('target_not_allowed', `The ${field} may not be called.`, {
      errors: [{ pointer: `/${field}`, detail: checked.rule }],
    });
  }
}
