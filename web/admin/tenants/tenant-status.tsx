import type { Tenant } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { useTenantTexts } from './use-tenant-texts.ts';

const TONES: Readonly<Record<Tenant['status'], Tone>> = { active: 'good', suspended: 'warn', removed: 'idle' };

export function TenantStatus({ status }: Pick<Tenant, 'status'>) {
  const words = useTenantTexts();
  return <Badge tone={TONES[status]} label={words.statuses[status]} />;
}
