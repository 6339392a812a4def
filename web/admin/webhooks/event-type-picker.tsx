import { CheckField } from '../../ui/field.tsx';
import { useEditorTexts } from './use-editor-texts.ts';

interface EventTypePickerProps {
  readonly chosen: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
}

const ALL = '*';

/** All event types, or each by itself with what it means. */
export function EventTypePicker({ chosen, error, onChange }: EventTypePickerProps) {
  const words = useEditorTexts();
  const isAll = chosen.includes(ALL);
  const names = Object.keys(words.types);
  const toggle = (name: string, isOn: boolean) =>
    onChange(isOn ? names.filter((one) => one === name || chosen.includes(one)) : chosen.filter((one) => one !== name));
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-2 font-semibold">{words.events}</legend>
      <CheckField
        label={words.allEvents}
        checked={isAll}
        onChange={(event) =>
          onChange(event.target.checked ? [ALL] : names.filter((name) => name.startsWith('payment.')))
        }
      />
      {!isAll && (
        <div className="grid gap-x-6 gap-y-2.5 lg:grid-cols-2">
          {(Object.entries(words.types) as [string, string][]).map(([name, meaning]) => (
            <CheckField
              key={name}
              label={name}
              hint={meaning}
              checked={chosen.includes(name)}
              onChange={(event) => toggle(name, event.target.checked)}
            />
          ))}
        </div>
      )}
      {error !== undefined && (
        <p role="alert" className="text-sm font-medium text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}
