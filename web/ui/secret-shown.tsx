import { Button } from './button.tsx';
import { Copyable } from './value.tsx';
import { useSpeech } from './words.tsx';

interface SecretShownProps {
  readonly secret: string;
  /** What it is called: “API key”. */
  readonly what: string;
  readonly onDone: () => void;
}

/** A secret for the only time it is shown; it is nowhere else on the page, and gone when this is. */
export function SecretShown({ secret, what, onDone }: SecretShownProps) {
  const { words } = useSpeech();
  return (
    <div className="grid gap-4">
      <p className="text-muted">{words.secretHint}</p>
      <div className="rounded-md bg-sunken p-3">
        <Copyable text={secret} what={what} />
      </div>
      <div className="flex justify-end">
        <Button look="primary" onClick={onDone}>
          {words.secretKept}
        </Button>
      </div>
    </div>
  );
}
