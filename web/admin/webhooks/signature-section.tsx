import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DeliveryMessage, DeliveryWithAttempts } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code-block.tsx';
import { Loading } from '../../ui/condition.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Copyable } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { Failure } from '../failure.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useSignatureTexts } from './use-signature-texts.ts';
import { VERIFY_SAMPLES } from './verify-samples.ts';

/** What of a delivery is signed and how a receiver checks it; read when it is asked for, since reading is counted. */
export function SignatureSection({ delivery }: { readonly delivery: DeliveryWithAttempts }) {
  const words = useSignatureTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { key, may } = useHere();
  const [isOpen, setOpen] = useState(false);
  const found = useQuery({
    queryKey: [...key, 'delivery', delivery.id, 'message', delivery.attemptsMade],
    queryFn: ({ signal }) => api.notifications.getDeliveryMessage(delivery.id, { signal }),
    enabled: isOpen,
    refetchOnWindowFocus: false,
  });
  return (
    <section aria-label={words.title} className="card grid gap-3 p-4">
      <h2 className="font-semibold">{words.title}</h2>
      {!isOpen && (
        <div>
          <Button
            icon="lock"
            whyNot={may('event:read') ? null : ui.noPermissionHint('event:read')}
            onClick={() => setOpen(true)}
          >
            {words.show}
          </Button>
        </div>
      )}
      {isOpen && found.isPending && <Loading rows={3} />}
      {found.isError && !found.data && <Failure error={found.error} onRetry={() => void found.refetch()} />}
      {found.data !== undefined && <Explained message={found.data} />}
    </section>
  );
}

function Explained({ message }: { readonly message: DeliveryMessage }) {
  const words = useSignatureTexts();
  const { dialect, attempt, body, signedText, keyIds } = message;
  const samples = VERIFY_SAMPLES[dialect];
  return (
    <>
      <div>
        <p>{words.how[dialect]}</p>
        <p className="text-sm text-muted">{attempt === null ? words.asNow : words.asAttempt(attempt)}</p>
      </div>
      {signedText !== null && <Labelled label={words.signedText} text={signedText} />}
      {signedText === null && body !== null && <Labelled label={words.body} text={body} />}
      {body === null && <p className="text-muted">{words.madeAnew}</p>}
      <div>
        <h3 className="text-sm text-muted">{dialect.startsWith('encrypted') ? words.keysOpened : words.keys}</h3>
        <ul>
          {keyIds.map((id) => (
            <li key={id}>
              <Copyable text={id} what={words.keys} />
            </li>
          ))}
        </ul>
      </div>
      <div className="min-w-0">
        <h3 className="font-semibold">{words.verify}</h3>
        <Tabs
          label={words.verify}
          tabs={samples.map(({ language, code }) => ({
            name: language,
            title: language,
            content: <CodeBlock text={code} label={`${words.verify}: ${language}`} />,
          }))}
        />
      </div>
      {signedText !== null && (
        <div>
          <h3 className="font-semibold">{words.hintsTitle}</h3>
          <ul className="grid list-disc gap-1 ps-5">
            {words.hints.map((hint) => (
              <li key={hint}>{hint}</li>
            ))}
          </ul>
        </div>
      )}
      <p className="text-sm text-muted">{words.raw}</p>
    </>
  );
}

function Labelled({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <div className="min-w-0">
      <h3 className="text-sm text-muted">{label}</h3>
      <CodeBlock text={text} label={label} />
    </div>
  );
}
