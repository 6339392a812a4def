import { useState } from 'react';
import { amountFromJson, formatMoney } from '../../src/kernel/money.ts';
import { Icon } from './icon.tsx';
import { useSpeech } from './words.tsx';

/** Minor units as people write them; exact, since no float is on the way. */
export function Amount({ minor, currency }: { readonly minor: number; readonly currency: string }) {
  const { locale } = useSpeech();
  return (
    <span className="number whitespace-nowrap">{formatMoney({ amount: amountFromJson(minor), currency }, locale)}</span>
  );
}

/** An instant in the viewer's own zone; the title tells it in UTC, as logs and the API have it. */
export function Time({ at, seconds = false }: { readonly at: string; readonly seconds?: boolean }) {
  const { locale } = useSpeech();
  const date = new Date(at);
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: seconds ? 'medium' : 'short' });
  return (
    <time dateTime={at} title={`${date.toISOString().replace('T', ' ').replace('Z', '')} UTC`} className="number">
      {format.format(date)}
    </time>
  );
}

const COPIED_MS = 1_500;

/** A text that programs read (an id, a key), with a button that copies it. */
export function Copyable({
  text,
  what,
  isShort = false,
}: {
  readonly text: string;
  readonly what: string;
  readonly isShort?: boolean;
}) {
  const { words } = useSpeech();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <code className="min-w-0 font-mono text-sm [overflow-wrap:anywhere]" title={text}>
        {isShort && text.length > 18 ? `${text.slice(0, 8)}…${text.slice(-6)}` : text}
      </code>
      <button
        type="button"
        className="grid size-8 shrink-0 place-items-center rounded text-muted hover:bg-idle-soft"
        aria-label={`${words.copy}: ${what}`}
        title={words.copy}
        onClick={() => void copy()}
      >
        <Icon name={isCopied ? 'check' : 'copy'} />
      </button>
      <span role="status" className="sr-only">
        {isCopied ? words.copied : ''}
      </span>
    </span>
  );
}

/** What the API said, as it said it. */
export function JsonView({ value, label }: { readonly value: unknown; readonly label: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div role="group" aria-label={label} tabIndex={0} className="max-h-96 overflow-auto rounded-md bg-sunken p-3">
      <pre className="font-mono text-sm">{JSON.stringify(value, null, 2)}</pre>
    </div>
  );
}
