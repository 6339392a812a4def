import { useNavigate, useSearch } from '@tanstack/react-router';
import { useHere } from '../frame/use-place.ts';
import { PeopleList } from './people-list.tsx';

/** Who works for a tenant. */
export function PeopleScreen() {
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/people' });
  const navigate = useNavigate();
  return (
    <PeopleList
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/people', params: place, search: next })}
    />
  );
}

/** Who runs the installation. */
export function OperatorPeopleScreen() {
  const search = useSearch({ from: '/inside/operator/people' });
  const navigate = useNavigate();
  return <PeopleList search={search} onSearch={(next) => void navigate({ to: '/operator/people', search: next })} />;
}
