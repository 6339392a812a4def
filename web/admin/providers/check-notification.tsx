import { useForm } from 'react-hook-form';
import type { NotificationCheck, CheckNotification as Pasted } from '../../../sdk/src/api.generated.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { CodeBlock, JsonView } from '../../ui/code-block.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { TextAreaField, TextField } from '../../ui/field.tsx';
import { Time } from '../../ui/value.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { FormEnd } from '../form/form-end.tsx';
import { placeErrors } from '../form/place-errors.ts';
import { useFormEnd } from '../form/use-form-end.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { readHeaders } from './read-headers.ts';
import { useProviderTexts } from './use-provider-texts.ts';

interface CheckForm {
  readonly body: string;
  readonly headers: string;
  readonly receivedAt: string;
}

/** What the gateway would make of a notification that somebody has pasted; nothing is taken of it. */
export function CheckNotification({ accountId }: { readonly accountId: string }) {
  const words = useProviderTexts();
  const { words: ui } = useSpeech();
  const api = useApi();
  const { may } = useHere();
  const endOf = useFormEnd();
  const form = useForm<CheckForm>({ defaultValues: { body: '', headers: '', receivedAt: '' } });
  const { errors } = form.formState;
  const checking = useAct({
    run: (body: Pasted) => api.providerNotifications.checkNotification(accountId, body),
    saysErrors: true,
    onRefused: (error) => {
      for (const { name, message } of placeErrors(error, ['body', 'headers', 'receivedAt'] as const)) {
        form.setError(name, { message }, { shouldFocus: true });
      }
    },
  });
  const submit = form.handleSubmit(({ body, headers, receivedAt }) => {
    const asOf = receivedAt.trim() === '' ? {} : { receivedAt: receivedAt.trim() };
    checking.mutate({ body, headers: readHeaders(headers), ...asOf });
  });
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <form onSubmit={(event) => void submit(event)} className="card grid gap-4 p-4" noValidate>
        <p className="text-muted">{words.checkHint}</p>
        <TextAreaField label={words.body} rows={8} error={errors.body?.message} {...form.register('body')} />
        <TextAreaField label={words.headers} rows={4} error={errors.headers?.message} {...form.register('headers')} />
        <TextField
          label={words.receivedAt}
          hint={words.receivedAtHint}
          error={errors.receivedAt?.message}
          {...form.register('receivedAt')}
        />
        <FormEnd
          verb={words.doCheck}
          form={endOf(checking, errors)}
          whyNot={may('provider-account:execute') ? null : ui.noPermissionHint('provider-account:execute')}
        />
      </form>
      {checking.data !== undefined && <Finding finding={checking.data} />}
    </div>
  );
}

const SIGNATURE_TONES: Readonly<Record<string, Tone>> = { valid: 'good', invalid: 'bad', missing: 'bad' };

function Finding({ finding }: { readonly finding: NotificationCheck }) {
  const words = useProviderTexts();
  const { signature, timestamp, members } = finding;
  return (
    <div role="status" className="grid min-w-0 gap-4">
      <section aria-label={words.wouldBe} className="card grid gap-2 p-4">
        <h2 className="font-semibold">{words.wouldBe}</h2>
        <p>
          <Badge tone={finding.verdict === 'accepted' ? 'good' : 'warn'} label={finding.verdict} />
        </p>
        <p className="[overflow-wrap:anywhere]">{finding.explanation}</p>
        <p className="text-muted">{words.replyStatus(finding.replyStatus)}</p>
      </section>
      {signature !== null && <SignatureCard signature={signature} timestamp={timestamp} />}
      {members.length > 0 && (
        <section aria-label={words.members} className="card overflow-clip">
          <h2 className="p-4 pb-0 font-semibold">{words.members}</h2>
          <DataTable
            caption={words.members}
            rows={members}
            keyOf={({ name }) => name}
            columns={[
              { id: 'name', title: words.name, isMain: true, show: ({ name }) => <Code text={name} /> },
              { id: 'value', title: words.received, isMain: true, show: ({ value }) => <Code text={value} /> },
            ]}
          />
        </section>
      )}
      <details className="card p-4">
        <summary className="inline-flex min-h-8 items-center text-sm text-muted underline-offset-2 hover:underline">
          {words.wholeAnswer}
        </summary>
        <JsonView value={finding} label={words.wholeAnswer} />
      </details>
    </div>
  );
}

interface SignatureProps {
  readonly signature: NonNullable<NotificationCheck['signature']>;
  readonly timestamp: NotificationCheck['timestamp'];
}

/** What is signed, what came, and what each key of the account makes of it. */
function SignatureCard({ signature, timestamp }: SignatureProps) {
  const words = useProviderTexts();
  return (
    <FactsCard
      shape="pairs"
      title={`${words.signature} (${signature.scheme})`}
      facts={[
        [words.received, signature.received === null ? '–' : <Code key="received" text={signature.received} />],
        ...signature.keys.map(
          ({ key, verdict, expected }) =>
            [
              words.keys[key],
              <span key={key} className="grid gap-1">
                <span>
                  <Badge tone={SIGNATURE_TONES[verdict] ?? 'warn'} label={words.signatureVerdicts[verdict]} />
                </span>
                {expected !== null && (
                  <span className="text-sm text-muted">
                    {words.expected}: <Code text={expected} />
                  </span>
                )}
              </span>,
            ] as const,
        ),
        [
          words.signedAt,
          timestamp === null ? null : (
            <span key="signed" className="inline-flex flex-wrap items-center gap-2">
              {timestamp.at === null ? (timestamp.sent ?? '–') : <Time at={timestamp.at} seconds />}
              <Badge
                tone={timestamp.verdict === 'fresh' ? 'good' : 'bad'}
                label={words.timestamps[timestamp.verdict]}
              />
            </span>
          ),
        ],
      ]}
    >
      {signature.problem !== null && <p className="text-bad">{signature.problem}</p>}
      {signature.signedText !== null && (
        <div className="grid gap-1">
          <h3 className="text-sm font-medium">{words.signedText}</h3>
          <CodeBlock text={signature.signedText} label={words.signedText} />
        </div>
      )}
    </FactsCard>
  );
}

function Code({ text }: { readonly text: string }) {
  return <code className="font-mono text-sm [overflow-wrap:anywhere]">{text}</code>;
}
