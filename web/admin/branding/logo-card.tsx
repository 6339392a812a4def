import { type ChangeEvent, useRef, useState } from 'react';
import type { Settings } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { requestText } from '../api/send.ts';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useBrandingTexts } from './use-branding-texts.ts';

interface LogoCardProps extends Pick<Settings, 'logo'> {
  readonly onChanged: () => void;
}

/** The image beside the name; it counts as soon as it is chosen. */
export function LogoCard({ logo, onChanged }: LogoCardProps) {
  const words = useBrandingTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, place, may } = useHere();
  const input = useRef<HTMLInputElement>(null);
  const [isRemoving, setRemoving] = useState(false);
  const whyNot = may('settings:update') ? null : ui.noPermissionHint('settings:update');
  const uploading = useAct({
    run: (file: File) => requestText({ method: 'PUT', path: '/api/v1/settings/logo', body: file }, place),
    refreshes: [[...key, 'settings']],
    done: words.uploaded,
    onDone: onChanged,
  });
  const removing = useAct({
    run: () => api.settings.deleteLogo(),
    refreshes: [[...key, 'settings']],
    done: words.removedLogo,
    onDone: () => {
      setRemoving(false);
      onChanged();
    },
    saysErrors: true,
  });
  const choose = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    const [file] = currentTarget.files ?? [];
    if (file !== undefined) uploading.mutate(file);
    // The same file once more is another choice.
    currentTarget.value = '';
  };
  return (
    <section aria-label={words.logo} className="card grid gap-3 p-4">
      <h2 className="font-semibold">{words.logo}</h2>
      <p>{logo === null ? words.noLogo : words.logoOf(logo.width, logo.height)}</p>
      <p className="text-sm text-muted">{words.logoHint}</p>
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/webp"
        aria-label={words.upload}
        tabIndex={-1}
        className="sr-only"
        onChange={choose}
      />
      <div className="flex flex-wrap gap-2">
        <Button icon="external" isBusy={uploading.isPending} whyNot={whyNot} onClick={() => input.current?.click()}>
          {words.upload}
        </Button>
        {logo !== null && (
          <Button icon="cross" whyNot={whyNot} onClick={() => setRemoving(true)}>
            {words.removeLogo}
          </Button>
        )}
      </div>
      {isRemoving && (
        <ConfirmDialog
          title={words.removeLogoTitle}
          hint={words.removeLogoHint}
          verb={words.removeLogo}
          keep={words.keep}
          act={removing}
          onConfirm={() => removing.mutate(undefined)}
          onClose={() => setRemoving(false)}
        />
      )}
    </section>
  );
}
