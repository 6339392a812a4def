import type { CreatedTenant, CreateTenant } from '../../../sdk/src/api.generated.ts';
import { createChildTenant, createTenant } from '../../../src/tenants/api.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code-block.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Disclosure } from '../../ui/disclosure.tsx';
import { TextField } from '../../ui/field.tsx';
import { Copyable } from '../../ui/value.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { useShapeForm } from '../form/use-shape-form.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { useTenantTexts } from './use-tenant-texts.ts';

interface CreateDialogProps {
  readonly onClose: () => void;
}

interface TenantForm {
  readonly name: string;
  readonly appName: string;
  readonly currency: string;
  readonly parentTenantId: string;
}

/** Creates a tenant of the installation, or a child of the tenant at hand, and shows its secrets for the only time. */
export function CreateDialog({ onClose }: CreateDialogProps) {
  const words = useTenantTexts();
  const api = useApi();
  const { place, key } = useAnywhere();
  const isOperator = place === null;
  const act = useAct({
    run: (body: CreateTenant) => (isOperator ? api.operator.createTenant(body) : api.childTenants.create(body)),
    refreshes: [[...key, isOperator ? 'tenants' : 'child-tenants']],
    saysErrors: true,
  });
  const form = useShapeForm<TenantForm, CreateTenant>({
    shape: isOperator ? createTenant.body : createChildTenant.body,
    defaults: { name: '', appName: '', currency: '', parentTenantId: '' },
    toBody: ({ name, appName, currency, parentTenantId }) => ({
      name: name.trim(),
      appName: appName.trim(),
      currency: currency.trim().toUpperCase(),
      ...(parentTenantId.trim() === '' ? {} : { parentTenantId: parentTenantId.trim() }),
    }),
    act,
  });
  if (act.data !== undefined) return <Secrets created={act.data} onClose={onClose} />;
  return (
    <Dialog title={words.add} description={words.addHint} isOpen onClose={onClose}>
      <form onSubmit={form.submit} className="grid gap-4" noValidate>
        <TextField label={words.name} hint={words.nameHint} {...form.field('name')} />
        <TextField label={words.appName} hint={words.appNameHint} {...form.field('appName')} />
        <TextField label={words.currency} hint={words.currencyHint} maxLength={3} {...form.field('currency')} />
        {isOperator && <TextField label={words.parent} hint={words.parentHint} {...form.field('parentTenantId')} />}
        <FormEnd form={form} verb={words.doAdd} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

interface SecretsProps extends CreateDialogProps {
  readonly created: CreatedTenant;
}

function Secrets({ created, onClose }: SecretsProps) {
  const words = useTenantTexts();
  const { appName, appSecret, liveAppSecret, apiKeys, webhookSecrets } = created;
  const secrets: readonly (readonly [keyof typeof words.secrets, string])[] = [
    ['testKey', apiKeys.test],
    ['liveKey', apiKeys.live],
    ['appSecret', appSecret],
    ['liveAppSecret', liveAppSecret],
    ['testWebhook', webhookSecrets.test],
    ['liveWebhook', webhookSecrets.live],
  ];
  const environment = [
    `TOLLGATE_API_KEY=${apiKeys.test}`,
    `TOLLGATE_APP_NAME=${appName}`,
    `TOLLGATE_APP_SECRET=${appSecret}`,
    `TOLLGATE_WEBHOOK_SECRET=${webhookSecrets.test}`,
  ].join('\n');
  return (
    <Dialog title={words.secretsTitle} description={words.secretsHint} isOpen onClose={onClose}>
      <div className="grid gap-4">
        <dl className="grid gap-3">
          {secrets.map(([name, text]) => (
            <div key={name} className="rounded-md bg-sunken p-3">
              <dt className="text-sm text-muted">{words.secrets[name]}</dt>
              <dd>
                <Copyable text={text} what={words.secrets[name]} />
              </dd>
            </div>
          ))}
        </dl>
        <Disclosure title={words.environment}>
          <CodeBlock text={environment} label={words.environment} />
        </Disclosure>
        <div className="flex justify-end">
          <Button look="primary" onClick={onClose}>
            {words.done}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
