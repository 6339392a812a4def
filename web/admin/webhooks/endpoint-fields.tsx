import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { CheckField, ChoiceField, TextField } from '../../ui/field.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { choicesOf } from '../notify/look.ts';
import { AcknowledgmentFields } from './acknowledgment-fields.tsx';
import { type EndpointDraft, secretsOf } from './endpoint-draft.ts';
import { EventTypePicker } from './event-type-picker.tsx';
import { useEditorTexts } from './use-editor-texts.ts';

export interface EditorProps {
  readonly endpoint: WebhookEndpoint;
  readonly draft: EndpointDraft;
  readonly change: (next: Partial<EndpointDraft>) => void;
  /** The rule that one of these members of the request breaks. */
  readonly ruleFor: (...members: readonly string[]) => string | undefined;
}

/** Every setting of an endpoint, in the order in which somebody thinks of them. */
export function EndpointFields(props: EditorProps) {
  const words = useEditorTexts();
  const { draft, change, ruleFor } = props;
  return (
    <>
      <Group title={words.address}>
        <TextField
          label={words.url}
          hint={words.urlHint}
          type="url"
          inputMode="url"
          value={draft.url}
          error={ruleFor('url')}
          onChange={(event) => change({ url: event.target.value })}
        />
        <TextField
          label={words.description}
          value={draft.description}
          error={ruleFor('description')}
          onChange={(event) => change({ description: event.target.value })}
        />
        <ProductField {...props} />
        <CheckField
          label={words.additional}
          hint={words.additionalHint}
          checked={draft.additional}
          onChange={(event) => change({ additional: event.target.checked })}
        />
      </Group>
      <div className="card p-4">
        <EventTypePicker
          chosen={draft.eventTypes}
          error={ruleFor('eventTypes')}
          onChange={(eventTypes) => change({ eventTypes })}
        />
      </div>
      <DialectFields {...props} />
      <Group title={words.acknowledgment}>
        <AcknowledgmentFields {...props} />
      </Group>
      <PaceFields {...props} />
    </>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="card grid gap-4 p-4">
      <h2 className="font-semibold">{title}</h2>
      {children}
    </section>
  );
}

const PRODUCTS_MAX = 100;

function ProductField({ draft, change, ruleFor }: EditorProps) {
  const words = useEditorTexts();
  const api = useApi();
  const { key, may } = useHere();
  const products = useQuery({
    queryKey: [...key, 'products', 'all'],
    queryFn: async ({ signal }) => (await api.products.list({ limit: PRODUCTS_MAX }, { signal })).data,
    enabled: may('product:read'),
  });
  const known = (products.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const isUnknown = draft.productId !== '' && !known.some(({ value }) => value === draft.productId);
  return (
    <ChoiceField
      label={words.product}
      value={draft.productId}
      error={ruleFor('productId')}
      onChange={(event) => change({ productId: event.target.value })}
      choices={[
        { value: '', label: words.everyProduct },
        ...known,
        ...(isUnknown ? [{ value: draft.productId, label: draft.productId }] : []),
      ]}
    />
  );
}

function DialectFields({ endpoint, draft, change, ruleFor }: EditorProps) {
  const words = useEditorTexts();
  const isOther = draft.dialect !== endpoint.dialect;
  return (
    <Group title={words.form}>
      <ChoiceField
        label={words.dialect}
        hint={isOther ? words.dialectChange : undefined}
        value={draft.dialect}
        error={ruleFor('dialect')}
        onChange={(event) => change({ dialect: event.target.value as EndpointDraft['dialect'] })}
        choices={choicesOf(words.dialects)}
      />
      {isOther &&
        secretsOf(draft.dialect).map((name) => (
          <TextField
            key={name}
            label={words[name]}
            hint={words.secretHint}
            type="password"
            value={draft[name]}
            error={ruleFor(name)}
            onChange={(event) => change({ [name]: event.target.value })}
          />
        ))}
      {draft.dialect === 'partner' && (
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={words.merchantCode}
            value={draft.merchantCode}
            error={ruleFor('merchantCode')}
            onChange={(event) => change({ merchantCode: event.target.value })}
          />
          <ChoiceField
            label={words.profile}
            value={draft.profile}
            error={ruleFor('profile')}
            onChange={(event) => change({ profile: event.target.value })}
            choices={['bluecom', 'neopay'].map((value) => ({ value, label: value }))}
          />
        </div>
      )}
    </Group>
  );
}

function PaceFields({ draft, change, ruleFor }: EditorProps) {
  const words = useEditorTexts();
  return (
    <Group title={words.pace}>
      <TextField
        label={words.schedule}
        hint={words.scheduleHint}
        value={draft.schedule}
        error={ruleFor('schedule')}
        onChange={(event) => change({ schedule: event.target.value })}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={words.rateLimit}
          hint={words.rateLimitHint}
          inputMode="numeric"
          value={draft.rateLimit}
          error={ruleFor('rateLimit')}
          onChange={(event) => change({ rateLimit: event.target.value })}
        />
        <TextField
          label={words.disableAfter}
          hint={words.disableAfterHint}
          inputMode="numeric"
          value={draft.disableAfterHours}
          error={ruleFor('disableAfterSeconds')}
          onChange={(event) => change({ disableAfterHours: event.target.value })}
        />
      </div>
      <CheckField
        label={words.ordered}
        hint={words.orderedHint}
        checked={draft.ordered}
        onChange={(event) => change({ ordered: event.target.checked })}
      />
    </Group>
  );
}
