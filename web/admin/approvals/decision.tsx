import { useState } from 'react';
import type { Approval, Approved } from '../../../sdk/src/api.generated.ts';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import { Button } from '../../ui/button.tsx';
import { JsonView } from '../../ui/code-block.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { ConfirmDialog } from '../frame/confirm-dialog.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { isOwn } from './approval-facts.tsx';
import { useApprovalTexts } from './use-approval-texts.ts';

type Choice = 'approve' | 'reject';

/** Approves or refuses, asking for a reason; whoever asked may only withdraw. */
export function Decision({ approval }: { readonly approval: Approval }) {
  const words = useApprovalTexts();
  const api = useApi();
  const { key, session } = useHere();
  const [asked, setAsked] = useState<Choice | null>(null);
  const [note, setNote] = useState('');
  const [answer, setAnswer] = useState<Approved | null>(null);
  const isMine = isOwn(approval, session);
  const act = useAct({
    run: async ({ choice, said }: { readonly choice: Choice; readonly said: string }) => {
      const body = { note: said.trim() === '' ? null : said.trim() };
      return choice === 'approve'
        ? api.approvals.approveRequest(approval.id, body)
        : api.approvals.rejectRequest(approval.id, body);
    },
    done: ({ state }) =>
      state === 'rejected' ? words.rejected : state === 'failed' ? words.approvedFailed : words.approved,
    refreshes: [[...key, 'approvals']],
    onDone: (done) => {
      setAsked(null);
      // Of a refund there is nothing to keep; what made a key or a secret tells it this once.
      if ('result' in done && done.result !== null && approval.act !== 'createRefund') setAnswer(done);
    },
    saysErrors: true,
  });
  const close = () => {
    setAsked(null);
    act.reset();
  };
  const whyNot = useWhyNot(approval, isMine);
  const dialog =
    asked === 'approve'
      ? { title: words.approveTitle, hint: words.approveHint, verb: words.approve, look: 'primary' as const }
      : { title: words.rejectTitle, hint: words.rejectHint, verb: isMine ? words.withdraw : words.reject };
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap gap-2">
        <Button look="primary" icon="check" whyNot={whyNot.approve} onClick={() => setAsked('approve')}>
          {words.approve}
        </Button>
        <Button icon="cross" whyNot={whyNot.reject} onClick={() => setAsked('reject')}>
          {isMine ? words.withdraw : words.reject}
        </Button>
      </div>
      {whyNot.approve !== null && <p className="text-sm text-muted">{whyNot.approve}</p>}
      {asked !== null && (
        <ConfirmDialog
          {...dialog}
          act={act}
          onConfirm={() => act.mutate({ choice: asked, said: note })}
          onClose={close}
        >
          <TextField
            label={words.noteLabel}
            hint={words.noteHint}
            maxLength={500}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
        </ConfirmDialog>
      )}
      {answer !== null && <Answered result={answer.result} onClose={() => setAnswer(null)} />}
    </div>
  );
}

/** What the act answered, for the only time it is shown. */
function Answered({ result, onClose }: { readonly result: unknown; readonly onClose: () => void }) {
  const words = useApprovalTexts();
  return (
    <Dialog title={words.secretTitle} description={words.secretHint} isOpen onClose={onClose}>
      <JsonView value={result} label={words.secretTitle} />
      <div className="mt-4 flex justify-end">
        <Button look="primary" onClick={onClose}>
          {words.secretDone}
        </Button>
      </div>
    </Dialog>
  );
}

function useWhyNot(approval: Approval, isMine: boolean): { readonly [Key in Choice]: string | null } {
  const words = useApprovalTexts();
  const { words: ui } = useSpeech();
  const { may } = useHere();
  if (!may('approval:update')) {
    const reason = ui.noPermissionHint('approval:update');
    return { approve: reason, reject: reason };
  }
  if (approval.state !== 'requested') {
    const reason = words.whyEnded(words.states[approval.state]);
    return { approve: reason, reject: reason };
  }
  if (isMine) return { approve: words.whyOwn, reject: null };
  const { permission } = approval;
  return { approve: may(permission as Permission) ? null : words.whyLacking(permission), reject: null };
}
