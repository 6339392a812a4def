import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';
import { useSpeech } from './words.tsx';

interface ConditionProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly isAlert?: boolean;
  /** Nothing else is on the page, so that its title is the page's. */
  readonly isPage?: boolean;
}

/** What stands where something else would: why it does not, and what can be done. */
export function Condition({ icon, title, children, isAlert = false, isPage = false }: ConditionProps) {
  const Title = isPage ? 'h1' : 'p';
  return (
    <div className="grid justify-items-center gap-2 px-4 py-12 text-center" role={isAlert ? 'alert' : undefined}>
      <span className="grid size-12 place-items-center rounded-full bg-idle-soft text-idle">
        <Icon name={icon} className="size-6" />
      </span>
      <Title className="text-base font-semibold">{title}</Title>
      <div className="grid max-w-prose justify-items-center gap-3 text-muted">{children}</div>
    </div>
  );
}

/** Gray bars in the place of what is on its way. */
export function Loading({ rows = 3 }: { readonly rows?: number }) {
  const { words } = useSpeech();
  return (
    <div role="status" className="grid gap-3 p-4">
      <span className="sr-only">{words.loading}</span>
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <span key={row} className="skeleton h-5" />
      ))}
    </div>
  );
}

export function NoPermission({ permission }: { readonly permission: string }) {
  const { words } = useSpeech();
  return (
    <Condition icon="lock" title={words.noPermission} isPage>
      <p>{words.noPermissionHint(permission)}</p>
    </Condition>
  );
}
