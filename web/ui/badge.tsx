import { Icon, type IconName } from './icon.tsx';

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'idle';

const TONES: Readonly<Record<Tone, string>> = {
  good: 'bg-good-soft text-good',
  bad: 'bg-bad-soft text-bad',
  warn: 'bg-warn-soft text-warn',
  info: 'bg-info-soft text-info',
  idle: 'bg-idle-soft text-idle',
};

const ICONS: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  bad: 'cross',
  warn: 'warning',
  info: 'dots',
  idle: 'pause',
};

/** A state as a word with an icon: the color is the third to say it. */
export function Badge({
  tone,
  label,
  icon,
}: {
  readonly tone: Tone;
  readonly label: string;
  readonly icon?: IconName;
}) {
  return (
    <span
      // On a phone and among facts it may take two lines: what stands beside it has no more room.
      className={`inline-flex items-center gap-1 rounded-full py-0.5 ps-1.5 pe-2.5 text-sm font-medium whitespace-nowrap max-sm:rounded-xl max-sm:whitespace-normal [dd_&]:rounded-xl [dd_&]:whitespace-normal ${TONES[tone]}`}
    >
      <Icon name={icon ?? ICONS[tone]} className="size-3.5 shrink-0" />
      {label}
    </span>
  );
}
