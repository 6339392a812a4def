import type { ProviderAccount } from '../../../sdk/src/api.generated.ts';
import { CodeBlock } from '../../ui/code-block.tsx';
import { useProviderTexts } from './use-provider-texts.ts';

/** How the acceptance cases are run for this account; they need a person and a machine, and are no request. */
export function Certify({ account }: { readonly account: ProviderAccount }) {
  const words = useProviderTexts();
  const isLive = account.mode === 'live';
  const command = `npx tollgate certify ${account.id} --out report${isLive ? ' --mode live --live' : ''}`;
  const one = `npx tollgate certify check-ipn --account ${account.id} --file notification.json --header 'content-type: application/json'`;
  return (
    <section aria-label={words.tabs.certify} className="card grid gap-4 p-4">
      {account.provider === 'partner' ? (
        <div className="grid gap-1.5">
          <h2 className="font-semibold">{words.certifyTitle}</h2>
          <p className="max-w-prose">{words.certifyHint}</p>
          <CodeBlock text={command} label={words.certifyCommand} />
          <p className="max-w-prose text-sm text-muted">{isLive ? words.certifyLive : words.certifyPeople}</p>
        </div>
      ) : (
        <p className="max-w-prose text-muted">{words.certifyOther}</p>
      )}
      <div className="grid gap-1.5">
        <h2 className="font-semibold">{words.certifyOne}</h2>
        <CodeBlock text={one} label={words.certifyCommand} />
      </div>
      <p className="max-w-prose text-sm text-muted">{words.certifyDocs}</p>
    </section>
  );
}
