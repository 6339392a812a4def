import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { KeyStatus } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { TextField } from '../../ui/field.tsx';
import { Time } from '../../ui/value.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { RotateDialog } from './rotate-dialog.tsx';
import { useEncryptionTexts } from './use-encryption-texts.ts';

const TONES: Readonly<Record<'primary' | 'readable' | 'destroyed', Tone>> = {
  primary: 'good',
  readable: 'warn',
  destroyed: 'idle',
};

/** The versions of one tenant's data key, or the system's. */
export function OneDataKey({ whyNot }: { readonly whyNot: string | null }) {
  const words = useEncryptionTexts();
  const api = useApi();
  const { key } = useAnywhere();
  const [tenantId, setTenantId] = useState('system');
  const [isRotating, setRotating] = useState(false);
  const found = useQuery({
    queryKey: [...key, 'encryption-keys', tenantId],
    queryFn: ({ signal }) => api.operator.getKeyStatus({ tenantId }, { signal }),
  });
  const look = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get('tenantId') ?? '').trim();
    setTenantId(typed === '' ? 'system' : typed);
  };
  return (
    <section aria-label={words.one} className="card overflow-clip">
      <form onSubmit={look} className="grid gap-3 p-4">
        <h2 className="font-semibold">{words.one}</h2>
        <div className="flex flex-wrap items-start gap-2">
          <TextField
            className="min-w-0 grow sm:max-w-sm"
            label={words.tenant}
            hint={words.oneHint}
            name="tenantId"
            maxLength={64}
            defaultValue={tenantId}
            spellCheck={false}
          />
          <div className="flex flex-wrap gap-2 sm:mt-6">
            <Button type="submit">{words.look}</Button>
            <Button whyNot={whyNot} onClick={() => setRotating(true)}>
              {words.rotateOne}
            </Button>
          </div>
        </div>
      </form>
      <ReadResult of={found} rows={2}>
        {({ versions }) => <Versions versions={versions} />}
      </ReadResult>
      {isRotating && (
        <RotateDialog
          title={words.rotateOneTitle}
          hint={words.rotateDataHint}
          body={{ what: 'data', tenantId }}
          onClose={() => setRotating(false)}
        />
      )}
    </section>
  );
}

function Versions({ versions }: Pick<KeyStatus, 'versions'>) {
  const words = useEncryptionTexts();
  if (versions.length === 0) return <p className="px-4 pb-4 text-muted">{words.none}</p>;
  return (
    <DataTable
      caption={words.one}
      rows={versions}
      keyOf={({ version }) => String(version)}
      columns={[
        { id: 'version', title: words.version, isMain: true, show: ({ version }) => version },
        {
          id: 'state',
          title: words.state,
          isMain: true,
          show: ({ state }) => <Badge tone={TONES[state]} label={words.versionStates[state]} />,
        },
        { id: 'created', title: words.created, show: ({ createdAt }) => <Time at={createdAt} /> },
        {
          id: 'retired',
          title: words.retired,
          show: ({ retiredAt }) => (retiredAt === null ? '–' : <Time at={retiredAt} />),
        },
      ]}
    />
  );
}
