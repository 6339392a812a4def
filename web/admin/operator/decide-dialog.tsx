import { useState } from 'react';
import type { Approval } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { JsonView } from '../../ui/code-block.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { TextField } from '../../ui/field.tsx';
import { useAdvice } from '../failure.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { useOperatorTexts } from './use-operator-texts.ts';

/** Shows what was asked for, and has it done or not. */
export function DecideDialog({ approval, onClose }: { readonly approval: Approval; readonly onClose: () => void }) {
  const words = useOperatorTexts();
  const advise = useAdvice();
  const api = useApi();
  const { key, session } = useAnywhere();
  const [note, setNote] = useState('');
  const shared = { refreshes: [[...key, 'operator-approvals']], saysErrors: true };
  const body = { note: note.trim() === '' ? null : note.trim() };
  const approving = useAct({
    ...shared,
    run: () => api.operator.approveRequest(approval.id, body),
    done: ({ state, problemCode }) => (state === 'failed' ? words.failed(problemCode ?? '') : words.approved),
    onDone: ({ result }) => result == null && onClose(),
  });
  const rejecting = useAct({
    ...shared,
    run: () => api.operator.rejectRequest(approval.id, body),
    done: words.rejected,
    onDone: onClose,
  });
  const error = approving.error ?? rejecting.error;
  const result = approving.data?.result;
  return (
    <Dialog title={words.decideTitle(approval.act)} description={words.decideHint} isOpen onClose={onClose}>
      <div className="grid gap-4">
        <FactsCard
          title={words.details}
          facts={[
            ...Object.entries(approval.details).map(([name, value]) => [name, value] as const),
            [words.requestedBy, approval.requestedBy],
          ]}
        />
        {result != null ? (
          <section aria-label={words.result} className="grid gap-1">
            <h3 className="font-semibold">{words.result}</h3>
            <JsonView value={result} label={words.result} />
          </section>
        ) : (
          <>
            <TextField
              label={words.note}
              hint={words.noteHint}
              value={note}
              maxLength={500}
              onChange={(event) => setNote(event.target.value)}
            />
            {error !== null && (
              <p role="alert" className="font-medium text-bad">
                {advise(error)}
              </p>
            )}
            <div className="flex flex-wrap justify-end gap-2">
              <Button isBusy={rejecting.isPending} onClick={() => rejecting.mutate()}>
                {words.reject}
              </Button>
              <Button
                look="primary"
                isBusy={approving.isPending}
                whyNot={approval.requestedBy === `user:${session.user.id}` ? words.whyOwn : null}
                onClick={() => approving.mutate()}
              >
                {words.approve}
              </Button>
            </div>
          </>
        )}
      </div>
    </Dialog>
  );
}
