import { useNavigate } from '@tanstack/react-router';
import { type DragEvent, useId, useState } from 'react';
import type { CreateStatement } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField } from '../../ui/field.tsx';
import { ApiProblem } from '../api/problem.ts';
import { useAdvice } from '../failure.tsx';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { useTexts } from '../texts/use-texts.tsx';
import { LayoutFields } from './layout-fields.tsx';
import {
  type FileLayout,
  guessColumns,
  guessDelimiter,
  keepLayout,
  keptLayout,
  kindWords,
  meaningOf,
  REQUIRED_COLUMNS,
  readFile,
  uploadOf,
} from './read-layout.ts';
import { useAccountNames } from './use-account-names.ts';
import { useBookTexts } from './use-book-texts.ts';

/** The limit of every body; JSON makes of a line end or a quote two characters. */
const FILE_BYTES_MAX = 240 * 1_024;

interface PickedFile {
  readonly name: string;
  readonly csv: string;
}

/** Takes a file, shows how it will be read, and has it compared. */
export function UploadDialog({ onClose }: { readonly onClose: () => void }) {
  const { upload: words, statements } = useBookTexts();
  const { ui } = useTexts();
  const api = useApi();
  const { key, place } = useHere();
  const navigate = useNavigate();
  const { choices } = useAccountNames();
  const [accountId, setAccountId] = useState<string | null>(null);
  const [file, setFile] = useState<PickedFile | null>(null);
  const [layout, setLayout] = useState<FileLayout | null>(null);
  const [isTooLarge, setTooLarge] = useState(false);
  const providerAccountId = accountId ?? choices[0]?.value ?? '';
  const act = useAct({
    run: (body: CreateStatement, options) => api.reconciliation.createStatement(body, options),
    done: words.done,
    refreshes: [[...key, 'statements']],
    onDone: ({ id }) => {
      if (layout !== null) keepLayout(providerAccountId, layout);
      void navigate({ to: '/$tenantId/$mode/statements/$statementId', params: { ...place, statementId: id } });
    },
    saysErrors: true,
  });
  const pick = async (picked: File) => {
    setTooLarge(picked.size > FILE_BYTES_MAX);
    if (picked.size > FILE_BYTES_MAX) return;
    const csv = await picked.text();
    setFile({ name: picked.name, csv });
    setLayout(guessLayout(csv, keptLayout(providerAccountId)));
  };
  /** Cut by another separator, the file has other columns. */
  const change = (next: FileLayout) => {
    const again = file === null || next.delimiter === layout?.delimiter ? null : readFile(file.csv, next.delimiter);
    setLayout(again?.kind === 'read' ? { ...next, columns: guessColumns(again.header, next.columns) } : next);
  };
  const read = file === null || layout === null ? null : readFile(file.csv, layout.delimiter);
  const kinds = read?.kind === 'read' && layout !== null ? kindWords(read, layout.columns) : [];
  const whyNot = whyNotReady(layout, read, kinds, words);
  const submit = () => {
    if (file !== null && layout !== null) act.mutate(uploadOf({ ...file, providerAccountId }, layout, kinds));
  };
  return (
    <Dialog title={statements.upload} description={words.hint} isOpen onClose={onClose}>
      <div className="grid gap-4">
        <ChoiceField
          label={words.account}
          choices={choices}
          value={providerAccountId}
          onChange={({ target }) => setAccountId(target.value)}
        />
        <FileField error={isTooLarge ? words.tooLarge : undefined} onPick={pick} />
        {layout !== null && read !== null && (
          <LayoutFields layout={layout} read={read} kinds={kinds} onChange={change} />
        )}
        {act.error != null && <Refusal error={act.error} />}
        {whyNot !== null && <p className="text-sm text-muted">{whyNot}</p>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button look="primary" isBusy={act.isPending} whyNot={whyNot} onClick={submit}>
            {words.submit}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function guessLayout(csv: string, kept: Partial<FileLayout>): FileLayout {
  const delimiter = guessDelimiter(csv);
  const file = readFile(csv, delimiter);
  const columns = file.kind === 'read' ? guessColumns(file.header, kept.columns ?? {}) : {};
  return { delimiter, amounts: kept.amounts ?? 'minor', columns, kinds: kept.kinds ?? {} };
}

function whyNotReady(
  layout: FileLayout | null,
  read: ReturnType<typeof readFile> | null,
  kinds: readonly string[],
  words: ReturnType<typeof useBookTexts>['upload'],
): string | null {
  if (layout === null || read === null) return words.choose;
  if (read.kind === 'unreadable') return words.unreadable(read.line);
  const missing = REQUIRED_COLUMNS.filter((column) => layout.columns[column] === undefined);
  if (missing.length > 0) return words.missing(missing.map((column) => words.columns[column]).join(', '));
  const unknown = kinds.filter((word) => meaningOf(word, layout.kinds) === undefined);
  return unknown.length > 0 ? words.unmapped(unknown.join(', ')) : null;
}

interface FileFieldProps {
  readonly error: string | undefined;
  readonly onPick: (file: File) => Promise<void>;
}

/** A file, chosen or dropped. */
function FileField({ error, onPick }: FileFieldProps) {
  const { upload: words } = useBookTexts();
  const id = useId();
  const drop = (event: DragEvent) => {
    event.preventDefault();
    const [first] = event.dataTransfer.files;
    if (first !== undefined) void onPick(first);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a short way; the field is the way for everybody
    <div
      className="grid gap-1 rounded-md border border-dashed border-line-strong p-3"
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
    >
      <label htmlFor={id} className="text-sm font-medium">
        {words.file}
      </label>
      <input
        id={id}
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        aria-describedby={`${id}-hint`}
        aria-invalid={error === undefined ? undefined : true}
        className="min-h-10 w-full text-sm file:me-3 file:min-h-10 file:rounded-md file:border file:border-line-strong file:bg-surface file:px-3 file:text-ink"
        onChange={({ target }) => {
          const [first] = target.files ?? [];
          if (first !== undefined) void onPick(first);
        }}
      />
      <p id={`${id}-hint`} className="text-sm text-muted">
        {words.fileHint}
      </p>
      {error !== undefined && (
        <p role="alert" className="text-sm font-medium text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

/** Every line that breaks a rule, as the API names them. */
function Refusal({ error }: { readonly error: unknown }) {
  const advise = useAdvice();
  const rules = error instanceof ApiProblem ? error.errors : [];
  if (rules.length === 0) {
    return (
      <p role="alert" className="font-medium text-bad">
        {advise(error)}
      </p>
    );
  }
  return (
    <ul role="alert" className="grid max-h-48 gap-1 overflow-y-auto rounded-md bg-bad-soft p-3 text-bad">
      {rules.map(({ pointer, detail }) => (
        <li key={`${pointer} ${detail}`}>{detail}</li>
      ))}
    </ul>
  );
}
