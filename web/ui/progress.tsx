interface ProgressProps {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** Both numbers in words: “3 of 120 sent”. */
  readonly says: string;
}

/** How far something has come. */
export function Progress({ label, done, total, says }: ProgressProps) {
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap justify-between gap-x-4 text-sm">
        <span className="font-medium">{label}</span>
        <span className="number text-muted">{says}</span>
      </div>
      <progress aria-label={label} value={done} max={Math.max(total, 1)} className="progress">
        {says}
      </progress>
    </div>
  );
}
