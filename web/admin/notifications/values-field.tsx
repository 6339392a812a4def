import { useId } from 'react';
import { useToolTexts } from './use-tool-texts.ts';

/** A field of several lines for JSON. */
export function ValuesField({ error }: { readonly error: string | undefined }) {
  const { simulator: words } = useToolTexts();
  const id = useId();
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {words.values}
      </label>
      <textarea
        id={id}
        name="values"
        rows={5}
        spellCheck={false}
        aria-describedby={error === undefined ? `${id}-hint` : `${id}-hint ${id}-error`}
        aria-invalid={error === undefined ? undefined : true}
        className="control font-mono text-sm"
      />
      <p id={`${id}-hint`} className="text-sm text-muted">
        {words.valuesHint}
      </p>
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-sm font-medium text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
