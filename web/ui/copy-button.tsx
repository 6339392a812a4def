import { useState } from 'react';
import { Icon } from './icon.tsx';
import { useSpeech } from './words.tsx';

const COPIED_MS = 1_500;

/** Copies a text, and says that it has. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const { words } = useSpeech();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <>
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
    </>
  );
}
