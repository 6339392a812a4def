import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Icon } from './icon.tsx';
import { useSpeech } from './words.tsx';

interface DialogProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** `sheet`: from the side, for details beside a list. */
  readonly shape?: 'middle' | 'sheet';
  readonly children: ReactNode;
}

const SHAPES = {
  middle: 'inset-x-3 top-[8vh] mx-auto max-h-[84vh] max-w-lg rounded-xl sm:inset-x-6',
  sheet: 'inset-y-0 end-0 w-full max-w-xl sm:rounded-s-xl',
} as const;

/** Asks for something before anything else goes on. Escape and the cross close it, and the focus goes back. */
export function Dialog({ title, description, isOpen, onClose, shape = 'middle', children }: DialogProps) {
  const { words } = useSpeech();
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Radix.Content
          className={classNames(
            'fixed z-50 overflow-y-auto border border-line bg-raised p-5 shadow-float',
            SHAPES[shape],
          )}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <div className="flex items-start justify-between gap-4">
            <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
            <Radix.Close
              className="-m-2 grid size-10 place-items-center rounded-md text-muted hover:bg-idle-soft"
              aria-label={words.close}
            >
              <Icon name="cross" />
            </Radix.Close>
          </div>
          {description !== undefined && (
            <Radix.Description asChild>
              <div className="mt-1 text-muted">{description}</div>
            </Radix.Description>
          )}
          <div className="mt-4">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
