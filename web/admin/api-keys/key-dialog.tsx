import { z } from 'zod';
import { createApiKey, createOperatorKey, updateApiKey, updateOperatorKey } from '../../../src/access/api-key-api.ts';
import { MultiChoiceField } from '../../ui/choice.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { SecretShown } from '../../ui/secret-shown.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { useShapeForm } from '../form/use-shape-form.ts';
import { useAct } from '../frame/use-act.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { dayOf, instantOf } from '../list/filter-bar.tsx';
import { useApiKeyTexts } from './use-api-key-texts.ts';
import { type ShownKey, useKeyShelf } from './use-key-shelf.ts';

interface KeyForm {
  readonly name: string;
  readonly grants: readonly string[];
  readonly expiresOn: string;
  readonly addresses: string;
}

interface KeyFields {
  readonly name: string;
  readonly grants: readonly string[];
  readonly expiresAt: string | null;
  readonly allowedAddresses: readonly string[];
}

const SHAPES = {
  tenant: { create: createApiKey.body, change: updateApiKey.body },
  operator: { create: createOperatorKey.body, change: updateOperatorKey.body },
} as const;

interface KeyDialogProps {
  /** Left out: a new one. */
  readonly known?: ShownKey;
  readonly onClose: () => void;
}

/** Makes a key and shows its text for the only time, or changes one. */
export function KeyDialog({ known, onClose }: KeyDialogProps) {
  const words = useApiKeyTexts();
  const { words: ui } = useSpeech();
  const { key } = useAnywhere();
  const shelf = useKeyShelf();
  const act = useAct({
    run: async (fields: KeyFields, options) =>
      known === undefined ? shelf.create(fields, options) : { key: null, ...(await shelf.change(known.id, fields)) },
    refreshes: [[...key, shelf.kind === 'tenant' ? 'api-keys' : 'operator-keys']],
    saysErrors: true,
    onDone: () => known !== undefined && onClose(),
    ...(known === undefined ? {} : { done: words.changed }),
  });
  if (act.data?.key != null) {
    return (
      <Dialog title={ui.secretTitle} isOpen onClose={onClose}>
        <SecretShown secret={act.data.key} what={words.secret} onDone={onClose} />
      </Dialog>
    );
  }
  const title = known === undefined ? words.add : words.changeTitle;
  return (
    <Dialog title={title} description={known === undefined ? words.addHint : undefined} isOpen onClose={onClose}>
      <KeyFormFields known={known} act={act} onClose={onClose} />
    </Dialog>
  );
}

interface FieldsProps extends Pick<KeyDialogProps, 'onClose'> {
  readonly known: ShownKey | undefined;
  readonly act: Parameters<typeof useShapeForm<KeyForm, KeyFields>>[0]['act'];
}

function KeyFormFields({ known, act, onClose }: FieldsProps) {
  const words = useApiKeyTexts();
  const shelf = useKeyShelf();
  const grantsName = shelf.kind === 'tenant' ? 'scopes' : 'permissions';
  const shape = SHAPES[shelf.kind][known === undefined ? 'create' : 'change'];
  const form = useShapeForm<KeyForm, KeyFields>({
    // The shape knows the grants by the name that they have in the API.
    shape: shape === undefined ? undefined : renamed(shape, grantsName),
    defaults: defaultsOf(known),
    toBody,
    act,
    fieldOf: (path) => fieldOf(path, grantsName),
  });
  const grants = form.value('grants');
  const choices = [
    { value: '*', label: words.everything },
    ...[...new Set([...shelf.grantable, ...(known?.grants ?? []).filter((one) => one !== '*')])].map((one) => ({
      ...{ value: one, label: one },
    })),
  ];
  return (
    <form onSubmit={form.submit} className="grid gap-4" noValidate>
      <TextField label={words.name} hint={words.nameHint} {...form.field('name')} />
      <MultiChoiceField
        label={words.grants}
        hint={words.grantsHint}
        error={grants.error}
        choices={choices}
        values={grants.value}
        onChange={grants.set}
      />
      <TextField label={words.expires} hint={words.expiresHint} type="date" {...form.field('expiresOn')} />
      <TextField label={words.addresses} hint={words.addressesHint} {...form.field('addresses')} />
      <FormEnd form={form} verb={known === undefined ? words.doAdd : words.doChange} onCancel={onClose} />
    </form>
  );
}

function defaultsOf(known: ShownKey | undefined) {
  return {
    name: known?.name ?? '',
    grants: [...(known?.grants ?? [])],
    expiresOn: known?.expiresAt == null ? '' : dayOf(known.expiresAt, 'end'),
    addresses: known?.allowedAddresses.join(' ') ?? '',
  };
}

function toBody({ name, grants, expiresOn, addresses }: KeyForm): KeyFields {
  return {
    name: name.trim(),
    grants,
    expiresAt: expiresOn === '' ? null : instantOf(expiresOn, 'end'),
    allowedAddresses: addresses.split(/[\s,]+/).filter((one) => one !== ''),
  };
}

function fieldOf(path: string, grantsName: string): keyof KeyForm | undefined {
  if (path.startsWith(grantsName) || path.startsWith('grants')) return 'grants';
  if (path.startsWith('expiresAt')) return 'expiresOn';
  return path.startsWith('allowedAddresses') ? 'addresses' : undefined;
}

/** The API's shape, for what has the grants under their name here. */
function renamed(shape: z.ZodType, grantsName: string) {
  return z.preprocess((body) => {
    const { grants, ...rest } = body as KeyFields;
    return { ...rest, [grantsName]: grants };
  }, shape);
}
