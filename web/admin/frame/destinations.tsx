import { Link } from '@tanstack/react-router';
import { Icon } from '../../ui/icon.tsx';
import { useLanguage } from '../texts/use-texts.tsx';
import { MENU_GROUPS } from './menu-entry.ts';
import { useMenu } from './use-menu.ts';
import { useAnywhere } from './use-place.ts';

/** The screens that somebody may see, as links, by what they are about. */
export function Destinations({ onGo }: { readonly onGo?: () => void }) {
  const { texts, language } = useLanguage();
  const { place } = useAnywhere();
  const entries = useMenu();
  return MENU_GROUPS.map((group) => {
    const members = entries.filter((entry) => entry.group === group);
    if (members.length === 0) return null;
    const title = group === null ? null : texts.frame.groups[group];
    return (
      <div key={group} className="mb-3">
        {title !== null && <h2 className="px-3 pb-1 text-sm font-semibold text-muted">{title}</h2>}
        <ul aria-label={title ?? undefined} className="grid gap-0.5">
          {members.map(({ to, icon, label }) => (
            <li key={to}>
              <Link
                to={to}
                params={place ?? {}}
                activeOptions={{ exact: group === null, includeSearch: false }}
                className="flex min-h-9 items-center gap-3 rounded-md px-3 hover:bg-idle-soft aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold aria-[current=page]:text-accent-strong"
                {...(onGo === undefined ? {} : { onClick: onGo })}
              >
                <Icon name={icon} />
                {label[language]}
              </Link>
            </li>
          ))}
        </ul>
      </div>
    );
  });
}
