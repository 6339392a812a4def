import type { ReactNode } from 'react';
import type { ProviderCapabilities } from '../../../sdk/src/api.generated.ts';
import { classNames } from '../../ui/class-names.ts';
import { FactsCard } from '../../ui/facts.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { ProviderTexts } from './texts-en.ts';
import { useProviderTexts } from './use-provider-texts.ts';

/** What an account can and cannot do, as sentences: it may be less than its provider. */
export function Abilities({ capabilities }: { readonly capabilities: ProviderCapabilities }) {
  const words = useProviderTexts();
  const { ability } = words;
  const { capture, refund, nextActions, currencies, forwards } = capabilities;
  const way = (name: keyof ProviderTexts['nextActions']) => words.nextActions[name];
  return (
    <FactsCard
      shape="pairs"
      title={words.abilities}
      facts={[
        [ability.nextActions, nextActions.length === 0 ? null : nextActions.map(way).join(', ')],
        [ability.currencies, currencies === 'any' ? ability.anyCurrency : currencies.join(', ')],
        [ability.capture, <Whether key="capture" can={capture !== false} how={partsOf(capture, words)} />],
        [ability.refund, <Whether key="refund" can={refund !== false} how={partsOf(refund, words)} />],
        [ability.reversal, <Whether key="reversal" can={capabilities.reversal} />],
        [ability.release, <Whether key="release" can={capabilities.release} />],
        [ability.cancel, <Whether key="cancel" can={capabilities.cancel} />],
        [ability.evidence, <Whether key="evidence" can={capabilities.evidence} />],
        [ability.settlement, <Whether key="settlement" can={capabilities.settlement} />],
        [ability.unacknowledged, words.unacknowledged[capabilities.unacknowledged]],
        [ability.forwards, forwards.length === 0 ? words.forwardsNothing : forwards.join(', ')],
      ]}
    />
  );
}

function partsOf(part: ProviderCapabilities['capture'], words: ProviderTexts): string | undefined {
  return part === false ? undefined : words.parts(part.partial, part.multiple);
}

function Whether({ can, how }: { readonly can: boolean; readonly how?: string | undefined }): ReactNode {
  const words = useProviderTexts();
  return (
    <span className="inline-flex items-start gap-1.5">
      <Icon name={can ? 'check' : 'cross'} className={classNames('mt-1 size-4', can ? 'text-good' : 'text-idle')} />
      <span className="min-w-0">
        {can ? words.yes : words.no}
        {how !== undefined && `, ${how}`}
      </span>
    </span>
  );
}
