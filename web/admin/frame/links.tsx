import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes } from 'react';
import { Icon } from '../../ui/icon.tsx';

type AnchorProps = AnchorHTMLAttributes<HTMLAnchorElement>;

/** To something that has a page of its own. */
export const TextLink = createLink((props: AnchorProps) => (
  <a {...props} className="font-medium text-accent underline-offset-2 [overflow-wrap:anywhere] hover:underline" />
));

/** Above the title of a thing, to the list that it stands in. */
export const BackLink = createLink(({ children, ...props }: AnchorProps) => (
  <a {...props} className="inline-flex min-h-8 items-center gap-1 text-sm text-muted hover:text-ink">
    <Icon name="left" />
    {children}
  </a>
));
