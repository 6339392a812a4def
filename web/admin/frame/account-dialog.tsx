import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { signOut } from '../api/session.ts';
import { useAdvice } from '../failure.tsx';
import { LANGUAGES, type Language, useLanguage } from '../texts/use-texts.tsx';
import { applyTheme, keptTheme, type Theme } from '../theme.ts';
import { useAnywhere } from './use-place.ts';

/** Who is signed in, how the panel looks and speaks to them, and the way out. */
export function AccountDialog({ onClose }: { readonly onClose: () => void }) {
  const { texts, language, setLanguage } = useLanguage();
  const { frame } = texts;
  const { session, place } = useAnywhere();
  const [theme, setTheme] = useState(keptTheme);
  const client = useQueryClient();
  const navigate = useNavigate();
  const tell = useToast();
  const advise = useAdvice();
  const leaving = useMutation({
    mutationFn: () => signOut(client),
    onSuccess: () => void navigate({ to: '/sign-in' }),
    onError: (error) => tell(advise(error), 'bad'),
  });
  const choose = (next: Theme) => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <Dialog title={session.user.name} description={session.user.email} isOpen onClose={onClose}>
      <div className="grid gap-4">
        <ChoiceField
          label={frame.language}
          value={language}
          onChange={(event) => setLanguage(event.target.value as Language)}
          choices={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        />
        <ChoiceField
          label={frame.theme}
          value={theme}
          onChange={(event) => choose(event.target.value as Theme)}
          choices={[
            { value: 'system', label: frame.themeSystem },
            { value: 'light', label: frame.themeLight },
            { value: 'dark', label: frame.themeDark },
          ]}
        />
        {place === null ? (
          <Link to="/operator/account" className={buttonClass()} onClick={onClose}>
            {frame.accountScreen}
          </Link>
        ) : (
          <Link to="/$tenantId/$mode/account" params={place} className={buttonClass()} onClick={onClose}>
            {frame.accountScreen}
          </Link>
        )}
        <Button isBusy={leaving.isPending} onClick={() => leaving.mutate()}>
          {frame.signOut}
        </Button>
      </div>
    </Dialog>
  );
}
