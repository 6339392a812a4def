import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { UpdateWebhookEndpoint, WebhookEndpoint } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SecretShown } from '../../ui/secret-shown.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { isApprovalRequested } from '../api/approval-requested.ts';
import { ApiProblem } from '../api/problem.ts';
import { useAdvice } from '../failure.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { changesOf, draftOf, type EndpointDraft } from './endpoint-draft.ts';
import { type EditorProps, EndpointFields } from './endpoint-fields.tsx';
import { TestUrl } from './test-url.tsx';
import { useEditorTexts } from './use-editor-texts.ts';
import { useLeaveWarning } from './use-leave-warning.tsx';
import { useWebhookTexts } from './use-webhook-texts.ts';

/** Everything about an endpoint on one page, saved when somebody says so. */
export function EditEndpointScreen() {
  const { may } = useHere();
  return may('webhook:update') ? <OpenEditor /> : <NoPermission permission="webhook:update" />;
}

function OpenEditor() {
  const words = useEditorTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { endpointId } = useParams({ from: '/inside/$tenantId/$mode/webhooks/$endpointId/edit' });
  const found = useQuery({
    queryKey: [...key, 'webhook-endpoints', endpointId, 'edit'],
    queryFn: ({ signal }) => api.notifications.getWebhookEndpoint(endpointId, { signal }),
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/webhooks/$endpointId" params={{ ...place, endpointId }}>
        {words.back}
      </BackLink>
      <div className="mb-4">
        <ScreenHead title={words.title} />
      </div>
      <ReadResult of={found} rows={8}>
        {(read) => <Editor endpoint={read} />}
      </ReadResult>
    </>
  );
}

function Editor({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const words = useEditorTexts();
  const api = useApi();
  const { key } = useHere();
  // What the form began with: what others change meanwhile is read anew, and must not be set back by saving.
  const [base, setBase] = useState(endpoint);
  const [draft, setDraft] = useState<EndpointDraft>(() => draftOf(endpoint));
  const [secrets, setSecrets] = useState<readonly string[]>([]);
  const changes = changesOf(draft, base);
  const saving = useAct({
    saysErrors: true,
    refreshes: [[...key, 'webhook-endpoints']],
    run: (body: UpdateWebhookEndpoint) => api.notifications.updateWebhookEndpoint(endpoint.id, body),
    onDone: (answer) => {
      if (isApprovalRequested(answer)) return;
      setBase(answer);
      setDraft(draftOf(answer));
      const shown = [answer.secret, answer.dataProtectionKey, answer.notificationKey];
      setSecrets([...new Set(shown.filter((secret) => secret !== undefined))]);
    },
  });
  const warning = useLeaveWarning(changes !== null && !saving.isPending, words);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changes !== null) saving.mutate(changes);
  };
  const editor: EditorProps = {
    endpoint: { ...base, testPassedAt: endpoint.testPassedAt },
    draft,
    change: (next) => setDraft((before) => ({ ...before, ...next })),
    ruleFor: (...members) => ruleFor(members, saving.error),
  };
  return (
    <>
      <form onSubmit={submit} noValidate className="grid gap-4">
        <EndpointFields {...editor} />
        <SaveBar
          isChanged={changes !== null}
          isBusy={saving.isPending}
          isSaved={saving.isSuccess && !isApprovalRequested(saving.data)}
          error={saving.error}
          onDiscard={() => {
            setDraft(draftOf(base));
            saving.reset();
          }}
        />
      </form>
      <TestUrl endpointId={endpoint.id} whyNot={changes === null ? null : words.testWhyNot} />
      {warning}
      {secrets.length > 0 && <NewSecrets secrets={secrets} onClose={() => setSecrets([])} />}
    </>
  );
}

/** The first rule of the API about one of these members. */
function ruleFor(members: readonly string[], error: Error | null): string | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  return error.errors.find(({ pointer }) => members.some((member) => pointer.startsWith(`/${member}`)))?.detail;
}

interface SaveBarProps {
  readonly isChanged: boolean;
  readonly isBusy: boolean;
  readonly isSaved: boolean;
  readonly error: Error | null;
  readonly onDiscard: () => void;
}

/** Stays in sight, so that nobody takes a change for saved that is not. */
function SaveBar({ isChanged, isBusy, isSaved, error, onDiscard }: SaveBarProps) {
  const words = useEditorTexts();
  const advise = useAdvice();
  return (
    <div className="sticky bottom-0 z-10 grid gap-2 border-t border-line bg-canvas py-3">
      {error !== null && (
        <p role="alert" className="font-medium text-bad">
          {advise(error)}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="primary" isBusy={isBusy} whyNot={isChanged ? null : words.nothingChanged}>
          {words.save}
        </Button>
        {isChanged && <Button onClick={onDiscard}>{words.discard}</Button>}
        <p role="status" className={isChanged ? 'font-medium text-warn' : 'text-muted'}>
          {isChanged ? words.unsaved : isSaved ? words.saved : ''}
        </p>
      </div>
    </div>
  );
}

/** Secrets that were made or given with the change, for the only time. */
function NewSecrets({ secrets, onClose }: { readonly secrets: readonly string[]; readonly onClose: () => void }) {
  const { endpoints: words } = useWebhookTexts();
  const { words: ui } = useSpeech();
  const [first = '', ...others] = secrets;
  const [isFirstKept, setFirstKept] = useState(false);
  const shown = isFirstKept ? (others[0] ?? '') : first;
  return (
    <Dialog title={ui.secretTitle} isOpen onClose={onClose}>
      <SecretShown
        secret={shown}
        what={words.secret}
        onDone={() => (!isFirstKept && others.length > 0 ? setFirstKept(true) : onClose())}
      />
    </Dialog>
  );
}
