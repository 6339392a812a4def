import { Button } from '../../ui/button.tsx';
import { Copyable } from '../../ui/value.tsx';
import { useTexts } from '../texts/use-texts.tsx';

/** A secret for the only time it is shown; it is nowhere else on the page, and gone when this is. */
export function SecretShown({ secret, onDone }: { readonly secret: string; readonly onDone: () => void }) {
  const { endpoints: words } = useTexts();
  return (
    <div className="grid gap-4">
      <p className="text-muted">{words.secretHint}</p>
      <div className="rounded-md bg-sunken p-3">
        <Copyable text={secret} what={words.secret} />
      </div>
      <div className="flex justify-end">
        <Button look="primary" onClick={onDone}>
          {words.secretDone}
        </Button>
      </div>
    </div>
  );
}
