import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

interface DisclosureProps {
  readonly title: ReactNode;
  readonly isOpen?: boolean;
  readonly children: ReactNode;
}

/** More about something, for those who ask. */
export function Disclosure({ title, isOpen, children }: DisclosureProps) {
  return (
    <details className="group" open={isOpen}>
      <summary className="inline-flex min-h-8 flex-wrap items-center gap-x-1 text-sm text-muted underline-offset-2 hover:underline">
        <Icon name="right" className="size-3.5 group-open:rotate-90" />
        {title}
      </summary>
      <div className="mt-1">{children}</div>
    </details>
  );
}
