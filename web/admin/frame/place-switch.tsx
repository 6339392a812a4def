import { useNavigate } from '@tanstack/react-router';
import { classNames } from '../../ui/class-names.ts';
import type { Place } from '../api/send.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { useAnywhere } from './use-place.ts';

/** As a value of the choice; no id of a tenant looks like it. */
const OPERATOR = 'operator';

/** Says whose data these are and whether money is real, and changes both. Ids mean nothing elsewhere, so it leads home. */
export function PlaceSwitch() {
  const { frame } = useTexts();
  const { place, session } = useAnywhere();
  const navigate = useNavigate();
  const go = (params: Place) => void navigate({ to: '/$tenantId/$mode', params });
  const choose = (value: string) => {
    if (value === OPERATOR) void navigate({ to: '/operator' });
    else go({ tenantId: value, mode: place?.mode ?? 'test' });
  };
  const isListed = place === null || session.memberships.some(({ tenantId }) => tenantId === place.tenantId);
  return (
    <div className="flex min-w-0 items-center gap-2">
      <label className="min-w-0">
        <span className="sr-only">{frame.tenant}</span>
        <select
          className="control max-w-48 truncate max-sm:max-w-32"
          value={place?.tenantId ?? OPERATOR}
          onChange={(event) => choose(event.target.value)}
        >
          {session.operatorRole !== null && <option value={OPERATOR}>{frame.installation}</option>}
          {!isListed && <option value={place.tenantId}>{place.tenantId}</option>}
          {session.memberships.map(({ tenantId, tenantName }) => (
            <option key={tenantId} value={tenantId}>
              {tenantName}
            </option>
          ))}
        </select>
      </label>
      {place !== null && <ModeSwitch place={place} onChange={(mode) => go({ ...place, mode })} />}
    </div>
  );
}

interface ModeSwitchProps {
  readonly place: Place;
  readonly onChange: (mode: Place['mode']) => void;
}

function ModeSwitch({ place, onChange }: ModeSwitchProps) {
  const { frame } = useTexts();
  return (
    <fieldset className="flex rounded-md border border-line-strong">
      <legend className="sr-only">{frame.mode}</legend>
      {(['test', 'live'] as const).map((mode) => (
        <button
          key={mode}
          type="button"
          aria-pressed={mode === place.mode}
          onClick={() => onChange(mode)}
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
  );
}
