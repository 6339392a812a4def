import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';
import { classNames } from './class-names.ts';

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly className?: string;
  readonly children: (wiring: {
    readonly id: string;
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': true | undefined;
  }) => ReactNode;
}

/** A label with its control, what helps to fill it in, and what is wrong with it. */
function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={classNames('grid gap-1', className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
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
    </div>
  );
}

type Labels = Omit<FieldProps, 'children'>;

export function TextField({
  label,
  hint,
  error,
  className,
  ...rest
}: Labels & Omit<InputHTMLAttributes<HTMLInputElement>, 'id'>) {
  return (
    <Field label={label} hint={hint} error={error} {...(className === undefined ? {} : { className })}>
      {(wiring) => <input type="text" autoComplete="off" {...rest} {...wiring} className="control" />}
    </Field>
  );
}

/** Several lines: of text, or, with `isProse` left out, a list with one thing a line, a key, what was pasted. */
export function TextAreaField({
  label,
  hint,
  error,
  className,
  isProse = false,
  ...rest
}: Labels & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'id'> & { readonly isProse?: boolean }) {
  return (
    <Field label={label} hint={hint} error={error} {...(className === undefined ? {} : { className })}>
      {(wiring) => (
        <textarea
          rows={3}
          {...(isProse ? {} : { autoComplete: 'off', spellCheck: false })}
          {...rest}
          {...wiring}
          className={isProse ? 'control' : 'control font-mono text-sm'}
        />
      )}
    </Field>
  );
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export function ChoiceField({
  label,
  hint,
  error,
  className,
  choices,
  ...rest
}: Labels & Omit<SelectHTMLAttributes<HTMLSelectElement>, 'id'> & { readonly choices: readonly Choice[] }) {
  return (
    <Field label={label} hint={hint} error={error} {...(className === undefined ? {} : { className })}>
      {(wiring) => (
        <select {...rest} {...wiring} className="control">
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function CheckField({
  label,
  hint,
  ...rest
}: { readonly label: string; readonly hint?: string } & Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'type'>) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <input
        {...rest}
        id={id}
        type="checkbox"
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-0.5 size-5 accent-accent"
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <p id={`${id}-hint`} className="text-sm text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
