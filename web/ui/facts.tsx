import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export type Fact = readonly [label: string, value: ReactNode];

type Shape = 'figures' | 'columns' | 'pairs' | 'list';

const SHAPES: Readonly<Record<Shape, string>> = {
  figures: 'grid grid-cols-2 gap-4 sm:grid-cols-3 xl:grid-flow-col xl:auto-cols-fr xl:grid-cols-none',
  columns: 'grid gap-3 sm:grid-cols-2 xl:grid-cols-3',
  pairs: 'grid gap-3 sm:grid-cols-2',
  list: 'grid gap-2',
};

interface FactsCardProps {
  readonly title: string;
  /** Those without a value are left out. */
  readonly facts: readonly Fact[];
  /** `figures`: few and important, in a row; `columns`: many, short; `pairs`: the same in half the width; `list`: one below the other, beside something else. */
  readonly shape?: Shape;
  /** For readers of screens alone, where it is plain to see what the facts are about. */
  readonly isTitleHidden?: boolean;
  /** Below the facts. */
  readonly children?: ReactNode;
}

/** What is known of one thing, each with its name. */
export function FactsCard({ title, facts, shape = 'list', isTitleHidden = false, children }: FactsCardProps) {
  return (
    <section aria-label={title} className="card grid min-w-0 gap-3 p-4">
      {!isTitleHidden && <h2 className="font-semibold">{title}</h2>}
      <dl className={SHAPES[shape]}>
        {facts
          .filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false)
          .map(([label, value]) => (
            <div key={label} className="min-w-0">
              <dt className="text-sm text-muted">{label}</dt>
              <dd className={classNames('[overflow-wrap:anywhere]', shape === 'figures' && 'text-lg font-semibold')}>
                {value}
              </dd>
            </div>
          ))}
      </dl>
      {children}
    </section>
  );
}
