import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import { Badge } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code-block.tsx';
import { Progress } from '../../ui/progress.tsx';
import type { MenuEntry } from '../frame/menu-entry.ts';
import { useApi } from '../frame/use-api.ts';
import { useMenu } from '../frame/use-menu.ts';
import { useHere } from '../frame/use-place.ts';
import { useHomeTexts } from './use-home-texts.ts';

type Step = 'key' | 'account' | 'endpoint' | 'payment';

const STEPS: readonly { readonly step: Step; readonly permission: Permission; readonly address: string }[] = [
  { step: 'key', permission: 'api-key:read', address: '/api-keys' },
  { step: 'account', permission: 'provider-account:read', address: '/provider-accounts' },
  { step: 'endpoint', permission: 'webhook:read', address: '/webhooks' },
  { step: 'payment', permission: 'payment:read', address: '/payments' },
];

/** Which steps somebody may see, and which of them are done. */
function useFirstRun() {
  const api = useApi();
  const { key, may } = useHere();
  const steps = STEPS.filter(({ permission }) => may(permission));
  const found = useQuery({
    queryKey: [...key, 'first-run'],
    queryFn: async ({ signal }) => {
      const some = { limit: 1 };
      const lists: Readonly<Record<Step, () => Promise<{ readonly data: readonly unknown[] }>>> = {
        key: () => api.aPIKeys.listApiKeys(some, { signal }),
        account: () => api.providerAccounts.list(some, { signal }),
        endpoint: () => api.notifications.listWebhookEndpoints(some, { signal }),
        payment: () => api.payments.list(some, { signal }),
      };
      const looked = await Promise.all(
        steps.map(async ({ step }) => [step, (await lists[step]()).data.length] as const),
      );
      return new Set(looked.filter(([, count]) => count > 0).map(([step]) => step));
    },
  });
  return { steps, done: found.data };
}

/** What leads to the first payment: what is done, and what is next. Shown while there is none. */
export function FirstRunGuide() {
  const { home: words } = useHomeTexts();
  const { place } = useHere();
  const menu = useMenu();
  const { steps, done } = useFirstRun();
  if (done === undefined || done.has('payment')) return null;
  const screenOf = (address: string): MenuEntry | undefined => menu.find(({ to }) => to.endsWith(`$mode${address}`));
  return (
    <section aria-label={words.guide} className="card grid gap-4 p-4">
      <div>
        <h2 className="font-semibold">{words.guide}</h2>
        <p className="text-muted">{words.guideHint}</p>
      </div>
      <Progress
        label={words.guide}
        done={done.size}
        total={steps.length}
        says={words.guideSays(done.size, steps.length)}
      />
      <ol className="grid gap-3">
        {steps.map(({ step, address }) => {
          const screen = screenOf(address);
          return (
            <li key={step} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line pt-3">
              <div className="me-auto min-w-0">
                <h3 className="font-medium">{words.steps[step].title}</h3>
                <p className="text-sm text-muted">{words.steps[step].hint}</p>
              </div>
              <Badge
                tone={done.has(step) ? 'good' : 'idle'}
                icon={done.has(step) ? 'check' : 'clock'}
                label={done.has(step) ? words.stepDone : words.stepOpen}
              />
              {screen !== undefined && step !== 'payment' && !done.has(step) && (
                <Link
                  to={screen.to}
                  params={place}
                  className={buttonClass()}
                  aria-label={`${words.setUp}: ${words.steps[step].title}`}
                >
                  {words.setUp}
                </Link>
              )}
            </li>
          );
        })}
      </ol>
      <div className="grid gap-1">
        <p className="text-sm text-muted">{words.apiHint}</p>
        <CodeBlock label={words.steps.payment.title} text={EXAMPLE.replaceAll('ORIGIN', location.origin)} />
      </div>
    </section>
  );
}

const EXAMPLE = `curl ORIGIN/api/v1/payments \\
  -H "Authorization: Bearer $KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"reference":"first-order","amount":1250,"currency":"EUR"}'`;
