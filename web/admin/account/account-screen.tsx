import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { Session } from '../../../sdk/src/api.generated.ts';
import { Loading } from '../../ui/condition.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { NameForm } from './name-form.tsx';
import { Passkeys } from './passkeys.tsx';
import { PasswordForm } from './password-form.tsx';
import { SecondFactor } from './second-factor.tsx';
import { useAccountTexts } from './use-account-texts.ts';

const Sessions = lazy(() => import('./sessions.tsx').then((module) => ({ default: module.Sessions })));

/** Everything about oneself: who one is here, how one gets in, and where one is. Nobody else can be looked at. */
export function AccountScreen() {
  const words = useAccountTexts();
  const api = useApi();
  const found = useQuery({
    queryKey: ['account', 'session'],
    queryFn: ({ signal }) => api.signingIn.getSession({ signal }),
  });
  return (
    <div className="grid gap-4">
      <ScreenHead title={words.title} />
      <ReadResult of={found} rows={8}>
        {(session) => (
          <>
            <div className="grid items-start gap-4 lg:grid-cols-2">
              <Who session={session} />
              <Passkeys />
              <SecondFactor waysIn={session.waysIn} />
              <PasswordForm hasPassword={session.waysIn.hasPassword} />
            </div>
            <Suspense fallback={<Loading />}>
              <Sessions />
            </Suspense>
          </>
        )}
      </ReadResult>
    </div>
  );
}

function Who({ session: { user, operatorRole, memberships } }: { readonly session: Session }) {
  const words = useAccountTexts();
  const roles = [
    ...(operatorRole === null ? [] : [`${words.installation}: ${operatorRole}`]),
    // Who runs the installation may enter every tenant; that is no role in them.
    ...(operatorRole === null ? memberships.map(({ tenantName, role }) => `${tenantName}: ${role}`) : []),
  ];
  return (
    <FactsCard
      title={words.who}
      facts={[
        [words.email, user.email],
        [words.roles, roles.join(', ')],
      ]}
    >
      <NameForm name={user.name} />
    </FactsCard>
  );
}
