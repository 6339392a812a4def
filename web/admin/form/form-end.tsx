import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { useTexts } from '../texts/use-texts.tsx';

interface FormEndProps {
  /** Of `useShapeForm`, or `useFormEnd` where a form checks by itself. */
  readonly form: { readonly error: string | undefined; readonly isBusy: boolean };
  readonly verb: string;
  /** Where the form is a dialog. */
  readonly onCancel?: () => void;
  readonly whyNot?: string | null;
  readonly look?: 'primary' | 'danger';
  /** Before the buttons: that something is not saved yet. */
  readonly children?: ReactNode;
}

/** The end of every form: what is wrong with all of it, and the buttons. */
export function FormEnd({ form, verb, onCancel, whyNot = null, look = 'primary', children }: FormEndProps) {
  const { ui } = useTexts();
  return (
    <>
      {form.error !== undefined && (
        <p role="alert" className="font-medium text-bad">
          {form.error}
        </p>
      )}
      <div className="flex flex-wrap items-center justify-end gap-2">
        {children}
        {onCancel !== undefined && <Button onClick={onCancel}>{ui.cancel}</Button>}
        <Button type="submit" look={look} isBusy={form.isBusy} whyNot={whyNot}>
          {verb}
        </Button>
      </div>
    </>
  );
}
