import { type FieldError, Problem } from '../kernel/problem.ts';
import { checkAppScheme, checkOrigin } from '../kernel/return-url.ts';
import type { TenantSettings } from './settings.ts';

/**
 * Rules of settings beyond their shape. `pointer` leads to the settings in the caller's body, such as `/settings`.
 * @throws Problem validation_failed that names each field and its rule
 */
export function checkSettings(settings: TenantSettings, pointer: string): void {
  const errors: FieldError[] = [];
  settings.returnOrigins.forEach((origin, index) => {
    const checked = checkOrigin(origin);
    if (!checked.ok) errors.push({ pointer: `${pointer}/returnOrigins/${index}`, detail: checked.rule });
  });
  settings.frameAncestors.forEach((origin, index) => {
    const checked = checkOrigin(origin);
    if (!checked.ok) errors.push({ pointer: `${pointer}/frameAncestors/${index}`, detail: checked.rule });
  });
  settings.appSchemes.forEach((scheme, index) => {
    const checked = checkAppScheme(scheme);
    if (!checked.ok) errors.push({ pointer: `${pointer}/appSchemes/${index}`, detail: checked.rule });
  });
  if (errors.length > 0) throw new Problem('validation_failed', 'Some settings break a rule.', { errors });
}
