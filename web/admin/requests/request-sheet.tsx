import type { ApiRequest } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { TextLink } from '../frame/links.tsx';
import { useHere } from '../frame/use-place.ts';
import { LINK } from '../notify/look.ts';
import { fixOf } from './fix-of.ts';
import { RequestStatus } from './request-status.tsx';
import type { RequestTexts } from './texts-en.ts';
import { useRequestTexts } from './use-request-texts.ts';

/** One request: what was asked, what came of it, and what to do where it was refused. */
export function RequestSheet({ request, onClose }: { readonly request: ApiRequest; readonly onClose: () => void }) {
  const words = useRequestTexts();
  const { problem } = request;
  return (
    <Dialog title={`${request.method} ${request.route}`} isOpen shape="sheet" onClose={onClose}>
      <div className="grid gap-4">
        <p className="flex flex-wrap items-center gap-2">
          <RequestStatus status={request.status} />
          <span className="text-muted">
            <Time at={request.createdAt} seconds /> · {words.took(request.durationMs)}
          </span>
          {request.idempotencyReplayed && <Badge tone="info" icon="back" label={words.replayed} />}
        </p>
        {problem === null ? <p>{words.nobodyRefused}</p> : <Refusal status={request.status} problem={problem} />}
        <FactsCard
          title={words.request}
          isTitleHidden
          facts={[
            [words.operation, <code key="operation">{request.operation}</code>],
            [
              actorKind(request.actor, words),
              <Copyable key="actor" text={actorId(request.actor)} what={words.actor} />,
            ],
            [words.correlation, <Copyable key="correlation" text={request.correlationId} what={words.correlation} />],
          ]}
        />
        <p className="text-sm text-muted">{words.privacy}</p>
      </div>
    </Dialog>
  );
}

interface RefusalProps {
  readonly status: number;
  readonly problem: NonNullable<ApiRequest['problem']>;
}

function Refusal({ status, problem }: RefusalProps) {
  const words = useRequestTexts();
  const { place } = useHere();
  return (
    <section aria-label={words.whatHappened} className="grid gap-3 rounded-lg border border-line bg-surface p-4">
      <div>
        <p className="font-semibold">{problem.title}</p>
        {problem.detail !== '' && <p className="[overflow-wrap:anywhere]">{problem.detail}</p>}
        <code className="text-sm text-muted">{problem.code}</code>
      </div>
      {problem.errors.length > 0 && (
        <div>
          <h3 className="text-sm text-muted">{words.rules}</h3>
          <ul className="grid gap-1">
            {problem.errors.map(({ pointer, detail }) => (
              <li key={`${pointer} ${detail}`} className="[overflow-wrap:anywhere]">
                <code className="text-sm font-semibold">{pointer}</code> {detail}
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className="flex gap-2 rounded-md bg-info-soft p-3 text-info">
        <Icon name="right" className="mt-1 size-4" />
        <div>
          <h3 className="font-semibold">{words.fix}</h3>
          <p>{fixOf(status, problem.code, words)}</p>
        </div>
      </div>
      <p className="flex flex-wrap gap-x-4 gap-y-1">
        <a href={problem.documentation} target="_blank" rel="noreferrer" className={LINK}>
          {words.explained}
        </a>
        <TextLink to="/$tenantId/$mode/requests" params={place} search={{ code: problem.code }}>
          {words.others}
        </TextLink>
      </p>
    </section>
  );
}

function actorKind(actor: string, { actors, actor: other }: RequestTexts): string {
  const [kind = ''] = actor.split(':');
  return (actors as Readonly<Record<string, string>>)[kind] ?? other;
}

function actorId(actor: string): string {
  return actor.slice(actor.indexOf(':') + 1);
}
