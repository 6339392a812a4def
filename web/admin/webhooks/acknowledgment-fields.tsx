import { ChoiceField, TextField } from '../../ui/field.tsx';
import { choicesOf } from '../notify/look.ts';
import type { EndpointDraft } from './endpoint-draft.ts';
import type { EditorProps } from './endpoint-fields.tsx';
import { useEditorTexts } from './use-editor-texts.ts';

/** The policy with what it does; what could hurt is offered only once a test was passed. */
export function AcknowledgmentFields(props: EditorProps) {
  const words = useEditorTexts();
  const { endpoint, draft, change, ruleFor } = props;
  const policies = Object.entries(words.policies) as [EndpointDraft['policy'], string][];
  const mayArm = endpoint.testPassedAt !== null;
  return (
    <>
      <fieldset className="grid gap-3">
        <legend className="mb-2 text-sm font-medium">{words.policy}</legend>
        {policies.map(([value, label]) => {
          const isOff = value !== 'retry' && value !== endpoint.ackPolicy.type && !mayArm;
          return (
            <label key={value} className="flex items-start gap-2.5">
              <input
                type="radio"
                name="policy"
                className="mt-0.5 size-5 accent-accent"
                checked={draft.policy === value}
                disabled={isOff}
                onChange={() => change({ policy: value })}
              />
              <span>
                {label}
                <span className="block text-sm text-muted">{words.policyHints[value]}</span>
                {isOff && <span className="block text-sm font-medium text-warn">{words.policyWhyNot}</span>}
              </span>
            </label>
          );
        })}
      </fieldset>
      {draft.policy === 'reverse_on_no_ack' && <ReverseFields {...props} />}
      {ruleFor('ackPolicy') !== undefined && (
        <p role="alert" className="text-sm font-medium text-bad">
          {ruleFor('ackPolicy')}
        </p>
      )}
    </>
  );
}

function ReverseFields({ draft, change, ruleFor }: EditorProps) {
  const words = useEditorTexts();
  return (
    <div className="grid gap-4 border-s-2 border-line ps-4">
      <TextField
        label={words.window}
        inputMode="numeric"
        value={draft.windowSeconds}
        error={ruleFor('ackPolicy/windowSeconds')}
        onChange={(event) => change({ windowSeconds: event.target.value })}
      />
      <fieldset className="grid gap-3">
        <legend className="font-medium">{words.fuse}</legend>
        <p className="text-sm text-muted">{words.fuseHint}</p>
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={words.consecutive}
            inputMode="numeric"
            value={draft.fuseConsecutive}
            error={ruleFor('ackPolicy/fuse/consecutive')}
            onChange={(event) => change({ fuseConsecutive: event.target.value })}
          />
          <TextField
            label={words.rate}
            inputMode="numeric"
            value={draft.fusePercent}
            error={ruleFor('ackPolicy/fuse/rate')}
            onChange={(event) => change({ fusePercent: event.target.value })}
          />
        </div>
        <ChoiceField
          label={words.whenOpen}
          value={draft.whenOpen}
          onChange={(event) => change({ whenOpen: event.target.value as EndpointDraft['whenOpen'] })}
          choices={choicesOf(words.whenOpenChoices)}
        />
      </fieldset>
    </div>
  );
}
