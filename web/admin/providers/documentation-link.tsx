import type { Provider } from '../../../sdk/src/api.generated.ts';
import { Icon } from '../../ui/icon.tsx';
import { useProviderTexts } from './use-provider-texts.ts';

/** Where the provider says how its credentials are come by; nothing where nobody says it in public. */
export function DocumentationLink({ provider }: { readonly provider: Provider }) {
  const words = useProviderTexts();
  const url = provider.credentials['x-documentation'];
  if (typeof url !== 'string' || !url.startsWith('https://')) return null;
  return (
    <a
      href={url}
      target="_blank"
      rel="noreferrer noopener"
      className="inline-flex min-h-8 items-center gap-1.5 text-accent underline-offset-2 hover:underline"
    >
      <Icon name="external" />
      {words.documentation}
    </a>
  );
}
