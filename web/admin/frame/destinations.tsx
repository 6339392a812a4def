import { Link } from '@tanstack/react-router';
import { Icon } from '../../ui/icon.tsx';
import { useTexts } from '../texts/use-texts.tsx';
import { DESTINATIONS } from './navigation.ts';
import { useHere } from './use-place.ts';

/** The screens that somebody may see, as links. */
export function Destinations({ onGo }: { readonly onGo?: () => void }) {
  const { frame } = useTexts();
  const { place, may } = useHere();
  return (
    <ul className="grid gap-1">
      {DESTINATIONS.filter(({ permission }) => may(permission)).map(({ to, name, icon }) => (
        <li key={to}>
          <Link
            to={to}
            params={place}
            activeOptions={{ exact: name === 'home' }}
            className="flex min-h-10 items-center gap-3 rounded-md px-3 hover:bg-idle-soft aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold aria-[current=page]:text-accent-strong"
            {...(onGo === undefined ? {} : { onClick: onGo })}
          >
            <Icon name={icon} />
            {frame[name]}
          </Link>
        </li>
      ))}
    </ul>
  );
}
