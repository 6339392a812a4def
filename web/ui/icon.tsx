const PATHS = {
  check: 'M4 10.5l4 4 8-9',
  cross: 'M5 5l10 10M15 5L5 15',
  clock: 'M10 5v5l3 2M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15z',
  dots: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  back: 'M8 5L3.5 9.5 8 14M4 9.5h8a4.5 4.5 0 014.5 4.5v1',
  pause: 'M7 4.5v11M13 4.5v11',
  lock: 'M6 9V6.5a4 4 0 018 0V9M4.5 9h11v8h-11z',
  warning: 'M10 3L1.8 17h16.4zM10 8v4M10 14.5v.01',
  copy: 'M7 7V3.5h9.5V13H13M3.5 7H13v9.5H3.5z',
  search: 'M9 3.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM13 13l4 4',
  home: 'M3 9.5L10 3.5l7 6M5 8.5V16.5h10V8.5',
  card: 'M2.5 5h15v10h-15zM2.5 8.5h15',
  signal: 'M4 16.5h.01M4 11a5.5 5.5 0 015.5 5.5M4 6a10.5 10.5 0 0110.5 10.5',
  send: 'M17 3L2.5 8.5l6 3 3 6z',
  down: 'M5 7.5l5 5 5-5',
  left: 'M12.5 5l-5 5 5 5',
  right: 'M7.5 5l5 5-5 5',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  user: 'M10 3.5a3 3 0 100 6 3 3 0 000-6zM3.5 17a6.5 6.5 0 0113 0',
  refresh: 'M16.5 5v4h-4M3.5 15v-4h4M15.8 9A6.2 6.2 0 004.7 7.5M4.2 11a6.2 6.2 0 0011.1 1.5',
  sun: 'M10 6.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1 1M14.7 14.7l1 1M4.3 15.7l1-1M14.7 5.3l1-1',
  download: 'M10 3v9M6 8.5l4 4 4-4M3.5 16.5h13',
  external: 'M11.5 3.5h5v5M16.5 3.5l-7 7M13.5 11v5.5h-10v-10H9',
  question: 'M7 7.2a3 3 0 116 0c0 2-3 2.2-3 4.3M10 14.5v.01',
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside a word; it says nothing that the word does not, so readers of screens pass it by. */
export function Icon({ name, className = 'size-4' }: { readonly name: IconName; readonly className?: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      className={`${className} shrink-0`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
