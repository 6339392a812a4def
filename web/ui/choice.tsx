import { useId } from 'react';
import { classNames } from './class-names.ts';
import type { Choice } from './field.tsx';

interface SwitchProps {
  readonly label: string;
  readonly hint?: string;
  readonly isOn: boolean;
  readonly onSwitch: (isOn: boolean) => void;
  /** Why it cannot be switched now, in words. */
  readonly whyNot?: string | null;
}

/** On or off, and it counts at once; what is sent with a form is a CheckField. */
export function Switch({ label, hint, isOn, onSwitch, whyNot = null }: SwitchProps) {
  const id = useId();
  const said = [hint, whyNot].filter(Boolean).join(' ');
  return (
    <div className="flex items-start gap-3">
      <button
        type="button"
        role="switch"
        aria-checked={isOn}
        aria-labelledby={`${id}-label`}
        aria-describedby={said === '' ? undefined : `${id}-hint`}
        aria-disabled={whyNot !== null || undefined}
        onClick={() => whyNot === null && onSwitch(!isOn)}
        className={classNames(
          'mt-0.5 flex h-6 w-11 shrink-0 items-center rounded-full border border-line-strong p-0.5 aria-disabled:opacity-55',
          isOn ? 'justify-end border-accent bg-accent' : 'justify-start bg-sunken',
        )}
      >
        <span className={classNames('size-4.5 rounded-full', isOn ? 'bg-on-accent' : 'bg-line-strong')} />
      </button>
      <div>
        <span id={`${id}-label`}>{label}</span>
        {said !== '' && (
          <p id={`${id}-hint`} className="text-sm text-muted">
            {said}
          </p>
        )}
      </div>
    </div>
  );
}

interface MultiChoiceFieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly choices: readonly Choice[];
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

/** Any number of what can be chosen, as ticks; they come out in the order of the choices. */
export function MultiChoiceField({ label, hint, error, choices, values, onChange }: MultiChoiceFieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <fieldset aria-describedby={described || undefined} className="grid gap-1">
      <legend className="text-sm font-medium">{label}</legend>
      <div className="mt-1 grid max-h-72 gap-x-4 gap-y-2 overflow-y-auto rounded-md border border-line-strong p-3 sm:grid-cols-2">
        {choices.map(({ value, label: name }) => (
          <label key={value} className="flex min-w-0 items-start gap-2">
            <input
              type="checkbox"
              className="mt-0.5 size-5 shrink-0 accent-accent"
              checked={values.includes(value)}
              onChange={() => onChange(toggled(choices, values, value))}
            />
            <span className="min-w-0 [overflow-wrap:anywhere]">{name}</span>
          </label>
        ))}
      </div>
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-sm font-medium text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}

/** What is chosen after one was pressed, in the order of the choices. */
export function toggled(choices: readonly Choice[], values: readonly string[], pressed: string): readonly string[] {
  return choices.map(({ value }) => value).filter((value) => values.includes(value) !== (value === pressed));
}
