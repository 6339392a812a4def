import type { ReactNode } from 'react';
import { LANGUAGES, type Language, useLanguage } from '../texts/use-texts.tsx';

/** What stands around the screens before the sign-in. */
export function EntryPage({
  title,
  hint,
  children,
}: {
  readonly title: string;
  readonly hint?: string;
  readonly children: ReactNode;
}) {
  const { language, setLanguage } = useLanguage();
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-md content-center gap-4 p-4">
      <p className="text-center text-lg font-semibold tracking-tight">Tollgate</p>
      <div className="card grid gap-4 p-5 sm:p-7">
        <div>
          <h1 className="text-xl font-semibold">{title}</h1>
          {hint !== undefined && <p className="mt-1 text-muted">{hint}</p>}
        </div>
        {children}
      </div>
      <fieldset className="flex justify-center gap-1">
        <legend className="sr-only">Language</legend>
        {Object.entries(LANGUAGES).map(([tag, name]) => (
          <button
            key={tag}
            type="button"
            lang={tag}
            aria-pressed={tag === language}
            onClick={() => setLanguage(tag as Language)}
            className="min-h-10 rounded-md px-3 text-sm text-muted hover:bg-idle-soft aria-pressed:font-semibold aria-pressed:text-ink"
          >
            {name}
          </button>
        ))}
      </fieldset>
    </main>
  );
}
