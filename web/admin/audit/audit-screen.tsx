import { useNavigate, useSearch } from '@tanstack/react-router';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { AuditList } from './audit-list.tsx';

/** Who did what in a tenant, in the mode at hand. */
export function AuditScreen() {
  const api = useApi();
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/audit' });
  const navigate = useNavigate();
  return (
    <AuditList
      permission="audit:read"
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/audit', params: place, search: next })}
      read={(query, signal) => api.audit.listEntries(query, { signal })}
    />
  );
}
