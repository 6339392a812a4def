import type { AuditEntry } from '../../../sdk/src/api.generated.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { EntryOutcome } from './entry-outcome.tsx';
import { useAuditTexts } from './use-audit-texts.ts';

/** All that one entry says, with what it was before and after. */
export function EntryDialog({ entry, onClose }: { readonly entry: AuditEntry; readonly onClose: () => void }) {
  const words = useAuditTexts();
  return (
    <Dialog title={words.entryTitle(entry.id)} shape="sheet" isOpen onClose={onClose}>
      <div className="grid gap-4">
        <FactsCard
          title={words.entry}
          isTitleHidden
          facts={[
            [words.action, <code key="action">{entry.action}</code>],
            [words.outcome, <EntryOutcome key="outcome" outcome={entry.outcome} />],
            [words.at, <Time key="at" at={entry.at} seconds />],
            [words.actor, <Copyable key="actor" text={entry.actor} what={words.actor} />],
            [words.target, [entry.target.type, entry.target.id].filter(Boolean).join(' ')],
            [words.made, entry.made],
            [words.about, entry.tenantId],
            [words.code, entry.code],
            [words.times, entry.times],
            [words.reason, entry.reason],
            [words.approval, entry.approvalId],
            [words.approvedBy, entry.approvedBy],
            [words.class, words.classes[entry.class]],
            [words.mode, entry.mode],
            [words.address, entry.address],
            [words.correlation, entry.correlationId],
            [words.hash, <Copyable key="hash" text={entry.hash} what={words.hash} />],
          ]}
        />
        {entry.fields.length > 0 && (
          <section aria-label={words.fields} className="card overflow-clip">
            <h3 className="px-4 pt-4 font-semibold">{words.fields}</h3>
            <DataTable
              caption={words.fields}
              rows={entry.fields}
              keyOf={({ field }) => field}
              columns={[
                { id: 'field', title: words.field, isMain: true, show: ({ field }) => <code>{field}</code> },
                { id: 'before', title: words.before, isMain: true, show: (one) => <Value of={one} name="before" /> },
                { id: 'after', title: words.after, isMain: true, show: (one) => <Value of={one} name="after" /> },
              ]}
            />
          </section>
        )}
      </div>
    </Dialog>
  );
}

interface ValueProps {
  readonly of: AuditEntry['fields'][number];
  readonly name: 'before' | 'after';
}

/** Secrets and what is personal are only named. */
function Value({ of, name }: ValueProps) {
  const words = useAuditTexts();
  if (!(name in of)) return <span className="text-muted">{words.untold}</span>;
  const value = of[name];
  return (
    <code className="text-sm [overflow-wrap:anywhere]">
      {typeof value === 'string' ? value : JSON.stringify(value)}
    </code>
  );
}
