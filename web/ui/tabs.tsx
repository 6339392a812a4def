import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

interface Tab<Name extends string> {
  readonly name: Name;
  readonly title: string;
  /** Drawn when it is looked at. */
  readonly content: ReactNode;
  /** A table or the like brings its own distance from the edge. */
  readonly isFlush?: boolean;
}

interface TabsProps<Name extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Name>[];
  /** Which is open, where the address says so; else the first is, and the component keeps it. */
  readonly open?: Name;
  readonly onOpen?: (name: Name) => void;
}

/** Views of one thing in one card, of which one is shown. */
export function Tabs<Name extends string>({ label, tabs, open, onOpen }: TabsProps<Name>) {
  const kept = open === undefined ? { defaultValue: tabs[0]?.name ?? '' } : { value: open };
  return (
    <Radix.Root
      {...kept}
      {...(onOpen === undefined ? {} : { onValueChange: (name: string) => onOpen(name as Name) })}
      className="card min-w-0"
    >
      <Radix.List className="flex gap-1 overflow-x-auto border-b border-line px-3" aria-label={label}>
        {tabs.map(({ name, title }) => (
          <Radix.Trigger
            key={name}
            value={name}
            className="min-h-11 border-b-2 border-transparent px-2.5 whitespace-nowrap text-muted outline-offset-[-2px] data-[state=active]:border-accent data-[state=active]:font-semibold data-[state=active]:text-ink"
          >
            {title}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map(({ name, content, isFlush = false }) => (
        <Radix.Content key={name} value={name} className={isFlush ? '' : 'p-4'}>
          {content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
