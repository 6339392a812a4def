/** What can be wrong with the record, in words; `<n>` stands for the number of the entry or checkpoint. */
const WORDS = {
  missing: 'entry <n> is missing',
  edited: 'entry <n> does not say what it said when it was written',
  broken: 'entry <n> does not follow from the one before it: it was put there, moved, or comes from another tenant',
  erased_early: 'entry <n> was emptied before its time was over',
  cut_off: 'the chain ends before entry <n>, to which its head says that it goes',
  head: 'the head of the chain does not stand where its last entry <n> does',
  signed_missing: 'entry <n> was signed and is missing: the end of the chain is gone',
  signed_other: 'entry <n> is not the one that was signed: the chain was written anew',
  checkpoint_missing: 'checkpoint <n> is missing',
  checkpoint_unreadable: 'a line of the checkpoints is none: line <n>',
  checkpoint_forged: 'the signature of checkpoint <n> does not verify',
  checkpoint_unknown_key: 'checkpoint <n> is signed by a key that is not among those given',
  checkpoint_other: 'checkpoint <n> is not the one that this database has, or that the next one follows',
  checkpoints_end: 'the checkpoints end before <n>, which this database took a while ago',
} as const;

export type FindingKind = keyof typeof WORDS;

/** One thing that is wrong. */
export interface AuditFinding {
  readonly kind: FindingKind;
  /** null: it concerns the checkpoints. */
  readonly tenantId: string | null;
  /** Of the first entry, checkpoint or line that is concerned. */
  readonly number: number;
}

/** A finding as a sentence for people. */
export function describeFinding({ kind, tenantId, number }: AuditFinding): string {
  return `${tenantId === null ? '' : `${tenantId}: `}${WORDS[kind].replace('<n>', String(number))}`;
}
