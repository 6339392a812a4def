import { CopyButton } from './copy-button.tsx';

/** A text that programs read, as it is, with a button that copies all of it. */
export function CodeBlock({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="relative min-w-0 rounded-md bg-sunken contain-inline-size">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div role="group" aria-label={label} tabIndex={0} className="max-h-96 overflow-auto rounded-md p-3 pe-12">
        <pre className="font-mono text-sm">{text}</pre>
      </div>
      <span className="absolute end-1 top-1 rounded bg-sunken">
        <CopyButton text={text} what={label} />
      </span>
    </div>
  );
}

/** What the API said, as it said it. */
export function JsonView({ value, label }: { readonly value: unknown; readonly label: string }) {
  return <CodeBlock text={JSON.stringify(value, null, 2)} label={label} />;
}
