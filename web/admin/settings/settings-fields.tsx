import type { ReactNode } from 'react';
import { type FieldPath, type UseFormReturn, useFieldArray } from 'react-hook-form';
import { Button } from '../../ui/button.tsx';
import { ChoiceField, TextAreaField, TextField } from '../../ui/field.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useHere } from '../frame/use-place.ts';
import type { SettingsForm } from './settings-form.ts';
import { useSettingTexts } from './use-setting-texts.ts';

interface FieldsProps {
  readonly form: UseFormReturn<SettingsForm>;
}

/** Every setting that is none of the page's look, in groups. */
export function SettingsFields({ form, known }: FieldsProps & { readonly known: readonly string[] }) {
  const words = useSettingTexts();
  const wiring = (name: FieldPath<SettingsForm>) => ({
    error: form.getFieldState(name, form.formState).error?.message,
    ...form.register(name),
  });
  const choices = (labels: Readonly<Record<string, string>>) =>
    Object.entries(labels).map(([value, label]) => ({ value, label }));
  return (
    <>
      <Group title={words.money}>
        <ChoiceField
          label={words.lateSuccess}
          hint={words.lateSuccessHint}
          choices={choices(words.lateSuccesses)}
          {...wiring('lateSuccess')}
        />
        <ChoiceField
          label={words.duplicatePayment}
          hint={words.duplicatePaymentHint}
          choices={choices(words.duplicatePayments)}
          {...wiring('duplicatePayment')}
        />
      </Group>
      <Approvals form={form} />
      <Group title={words.addresses}>
        <TextAreaField label={words.returnOrigins} hint={words.returnOriginsHint} {...wiring('returnOrigins')} />
        <TextAreaField label={words.frameAncestors} hint={words.frameAncestorsHint} {...wiring('frameAncestors')} />
        <TextAreaField label={words.appSchemes} hint={words.appSchemesHint} {...wiring('appSchemes')} />
      </Group>
      <Group title={words.page}>
        <TextField label={words.languages} hint={words.languagesHint(known.join(', '))} {...wiring('languages')} />
        <TextField label={words.timeZone} hint={words.timeZoneHint} {...wiring('timeZone')} />
      </Group>
      <Group title={words.defaults}>
        <TextField label={words.defaultTerminalId} {...wiring('defaultTerminalId')} />
        <TextField label={words.defaultMcc} inputMode="numeric" {...wiring('defaultMcc')} />
      </Group>
      <Group title={words.retention} hint={words.retentionHint}>
        <TextField label={words.eventsDays} inputMode="numeric" {...wiring('retention.eventsDays')} />
        <TextField label={words.deliveriesDays} inputMode="numeric" {...wiring('retention.deliveriesDays')} />
        <TextField label={words.inboundDays} inputMode="numeric" {...wiring('retention.inboundDays')} />
      </Group>
    </>
  );
}

interface GroupProps {
  readonly title: string;
  readonly hint?: string;
  readonly children: ReactNode;
}

function Group({ title, hint, children }: GroupProps) {
  return (
    <section aria-label={title} className="card grid gap-3 p-4">
      <h2 className="font-semibold">{title}</h2>
      {hint !== undefined && <p className="-mt-2 text-sm text-muted">{hint}</p>}
      <div className="grid items-start gap-4 md:grid-cols-2">{children}</div>
    </section>
  );
}

/** Who needs a second person; whoever may not say so sees how it stands. */
function Approvals({ form }: FieldsProps) {
  const words = useSettingTexts();
  const { words: ui } = useSpeech();
  const { may } = useHere();
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'refundApprovalAbove' });
  const { errors } = form.formState;
  const whyNot = may('approval-rule:update') ? null : ui.noPermissionHint('approval-rule:update');
  const shut = whyNot === null ? {} : { disabled: true };
  return (
    <Group title={words.approvals} {...(whyNot === null ? {} : { hint: whyNot })}>
      <ChoiceField
        label={words.fourEyes}
        hint={words.fourEyesHint}
        error={errors.fourEyes?.message}
        choices={Object.entries(words.fourEyesChoices).map(([value, label]) => ({ value, label }))}
        {...form.register('fourEyes')}
        {...shut}
      />
      <fieldset className="grid gap-2">
        <legend className="text-sm font-medium">{words.above}</legend>
        <p className="text-sm text-muted">{words.aboveHint}</p>
        {fields.map((row, index) => (
          <div key={row.id} className="flex items-end gap-2">
            <TextField
              label={words.currency}
              className="w-28 shrink-0"
              error={errors.refundApprovalAbove?.[index]?.currency?.message}
              {...form.register(`refundApprovalAbove.${index}.currency`)}
              {...shut}
            />
            <TextField
              label={words.amount}
              className="min-w-0 grow"
              inputMode="decimal"
              {...form.register(`refundApprovalAbove.${index}.amount`)}
              {...shut}
            />
            <Button
              look="quiet"
              icon="cross"
              whyNot={whyNot}
              aria-label={words.removeAbove(row.currency)}
              onClick={() => remove(index)}
            />
          </div>
        ))}
        {errors.root?.above?.message !== undefined && (
          <p role="alert" className="text-sm font-medium text-bad">
            {errors.root.above.message}
          </p>
        )}
        <div>
          <Button whyNot={whyNot} onClick={() => append({ currency: '', amount: '' })}>
            {words.addAbove}
          </Button>
        </div>
      </fieldset>
    </Group>
  );
}
