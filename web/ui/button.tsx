import { type ButtonHTMLAttributes, useId } from 'react';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';

const LOOKS: Readonly<Record<Look, string>> = {
  primary: 'bg-accent text-on-accent not-aria-disabled:hover:bg-accent-strong border-transparent',
  plain: 'bg-surface text-ink border-line-strong not-aria-disabled:hover:bg-sunken',
  quiet: 'bg-transparent text-ink border-transparent not-aria-disabled:hover:bg-idle-soft',
  danger: 'bg-bad text-on-bad border-transparent not-aria-disabled:hover:brightness-90',
};

const SHAPE =
  'inline-flex min-h-10 items-center justify-center gap-2 rounded-md border px-3.5 py-1.5 font-medium whitespace-nowrap ' +
  'aria-disabled:opacity-55';

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  readonly look?: Look;
  readonly icon?: IconName;
  readonly isBusy?: boolean;
  /** Why it cannot be pressed now, in words; it stays reachable, so that everybody can read them. */
  readonly whyNot?: string | null | undefined;
}

/** A button. One that cannot work says why, instead of being gone or dead. */
export function Button({ look = 'plain', icon, isBusy, whyNot, className, children, onClick, ...rest }: ButtonProps) {
  const reasonId = useId();
  const isOff = isBusy === true || (whyNot !== undefined && whyNot !== null);
  return (
    <>
      <button
        type="button"
        {...rest}
        className={classNames(SHAPE, LOOKS[look], className)}
        aria-disabled={isOff || undefined}
        aria-busy={isBusy || undefined}
        aria-describedby={whyNot ? reasonId : rest['aria-describedby']}
        title={whyNot ?? rest.title}
        onClick={(event) => {
          if (isOff) event.preventDefault();
          else onClick?.(event);
        }}
      >
        {icon !== undefined && <Icon name={isBusy ? 'dots' : icon} />}
        {children}
      </button>
      {whyNot && (
        <span id={reasonId} className="sr-only">
          {whyNot}
        </span>
      )}
    </>
  );
}

/** How a link looks that is pressed like a button. */
export function buttonClass(look: Look = 'plain'): string {
  return classNames(SHAPE, LOOKS[look]);
}
