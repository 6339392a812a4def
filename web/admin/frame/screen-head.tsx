import type { ReactNode } from 'react';

interface ScreenHeadProps {
  readonly title: string;
  /** A sentence that says what the screen is for. */
  readonly hint?: string;
  /** Right beside the title: a status, an amount. */
  readonly beside?: ReactNode;
  /** What can be done here, at the other end. */
  readonly children?: ReactNode;
  /** Stands below the head of its screen, as a list within one thing does. */
  readonly isPart?: boolean;
}

/** What a screen is about, in it and in the window's title. */
export function ScreenHead({ title, hint, beside, children, isPart = false }: ScreenHeadProps) {
  const Title = isPart ? 'h2' : 'h1';
  return (
    <div className="grid gap-1">
      {!isPart && <title>{`${title} · Tollgate`}</title>}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Title className="text-xl font-semibold [overflow-wrap:anywhere]">{title}</Title>
        {beside}
        <span className="grow" />
        {children}
      </div>
      {hint !== undefined && <p className="max-w-prose text-muted">{hint}</p>}
    </div>
  );
}
