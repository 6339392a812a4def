import { useNavigate } from '@tanstack/react-router';
import { classNames } from '../../ui/class-names.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { useHere } from './use-place.ts';

/** Says whose data these are and whether money is real, and changes both. Ids mean nothing elsewhere, so it leads home. */
export function PlaceSwitch() {
  const { frame } = useTexts();
  const { place, session } = useHere();
  const navigate = useNavigate();
  const go = (next: Partial<typeof place>) => void navigate({ to: '/$tenantId/$mode', params: { ...place, ...next } });
  return (
    <div className="flex min-w-0 items-center gap-2">
      <label className="min-w-0">
        <span className="sr-only">{frame.tenant}</span>
        <select
          className="control max-w-48 truncate max-sm:max-w-32"
          value={place.tenantId}
          onChange={(event) => go({ tenantId: event.target.value })}
        >
          {session.memberships.map(({ tenantId, tenantName }) => (
            <option key={tenantId} value={tenantId}>
              {tenantName}
            </option>
          ))}
        </select>
      </label>
      <fieldset className="flex rounded-md border border-line-strong">
        <legend className="sr-only">{frame.mode}</legend>
        {(['test', 'live'] as const).map((mode) => (
          <button
            key={mode}
            type="button"
            aria-pressed={mode === place.mode}
            onClick={() => go({ mode })}
            className={classNames(
              'min-h-9 px-2.5 text-sm first:rounded-s-[5px] last:rounded-e-[5px]',
              mode !== place.mode && 'hover:bg-sunken',
              mode === place.mode &&
                (mode === 'test' ? 'bg-warn-soft font-semibold text-warn' : 'bg-good-soft font-semibold text-good'),
            )}
          >
            {frame[mode]}
          </button>
        ))}
      </fieldset>
    </div>
  );
}
