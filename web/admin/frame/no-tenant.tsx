import { Condition } from '../../ui/condition.tsx';
import { useTexts } from '../texts/use-texts.tsx';

/** For people who are known, and belong nowhere yet. */
export function NoTenant() {
  const { frame } = useTexts();
  return (
    <Condition icon="user" title={frame.noTenant} isPage>
      <p>{frame.noTenantHint}</p>
    </Condition>
  );
}
