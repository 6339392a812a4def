import { LINE_KINDS, type LineKind } from '../../../src/reconciliation/line-kind.ts';
import { ChoiceField } from '../../ui/field.tsx';
import { COLUMNS, DELIMITERS, type FileLayout, meaningOf, REQUIRED_COLUMNS, type ReadFile } from './read-layout.ts';
import { useBookTexts } from './use-book-texts.ts';

interface LayoutFieldsProps {
  readonly layout: FileLayout;
  readonly read: ReadFile;
  /** The file's words for kinds of lines. */
  readonly kinds: readonly string[];
  readonly onChange: (layout: FileLayout) => void;
}

/** How a file is read: its separator, which column is which, what its words mean, and what comes of that. */
export function LayoutFields({ layout, read, kinds, onChange }: LayoutFieldsProps) {
  const { upload: words } = useBookTexts();
  const header = read.kind === 'read' ? read.header : [];
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        <ChoiceField
          label={words.delimiter}
          choices={DELIMITERS.map((value) => ({ value, label: words.delimiters[value] }))}
          value={layout.delimiter}
          onChange={({ target }) =>
            onChange({ ...layout, delimiter: DELIMITERS.find((one) => one === target.value) ?? ',' })
          }
        />
        <ChoiceField
          label={words.amounts}
          choices={(['minor', 'decimal'] as const).map((value) => ({ value, label: words.amountForms[value] }))}
          value={layout.amounts}
          onChange={({ target }) => onChange({ ...layout, amounts: target.value === 'decimal' ? 'decimal' : 'minor' })}
        />
      </div>
      {read.kind === 'read' && <ColumnFields layout={layout} header={header} onChange={onChange} />}
      {kinds.length > 0 && <KindFields layout={layout} kinds={kinds} onChange={onChange} />}
      {read.kind === 'read' && <Preview layout={layout} read={read} />}
    </>
  );
}

function ColumnFields({
  layout,
  header,
  onChange,
}: Pick<LayoutFieldsProps, 'layout' | 'onChange'> & { readonly header: readonly string[] }) {
  const { upload: words } = useBookTexts();
  const choices = [{ value: '', label: words.none }, ...header.map((value) => ({ value, label: value }))];
  const set = (column: keyof FileLayout['columns'], name: string) => {
    const { [column]: _, ...others } = layout.columns;
    onChange({ ...layout, columns: name === '' ? others : { ...others, [column]: name } });
  };
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-2 font-medium">{words.columnsTitle}</legend>
      <div className="grid gap-3 sm:grid-cols-2">
        {COLUMNS.map((column) => (
          <ChoiceField
            key={column}
            label={`${words.columns[column]}${REQUIRED_COLUMNS.some((one) => one === column) ? ' *' : ''}`}
            choices={choices}
            value={layout.columns[column] ?? ''}
            onChange={({ target }) => set(column, target.value)}
          />
        ))}
      </div>
    </fieldset>
  );
}

function KindFields({ layout, kinds, onChange }: Pick<LayoutFieldsProps, 'layout' | 'kinds' | 'onChange'>) {
  const { upload: words, statements } = useBookTexts();
  const choices = [
    { value: '', label: words.none },
    ...LINE_KINDS.map((value) => ({ value, label: statements.kinds[value] })),
  ];
  const set = (word: string, meaning: string) => {
    const { [word]: _, ...others } = layout.kinds;
    const kind: LineKind | undefined = LINE_KINDS.find((one) => one === meaning);
    onChange({ ...layout, kinds: kind === undefined ? others : { ...others, [word]: kind } });
  };
  return (
    <fieldset>
      <legend className="mb-2 font-medium">{words.kindsTitle}</legend>
      <div className="grid gap-3 sm:grid-cols-2">
        {kinds.map((word) => (
          <ChoiceField
            key={word}
            label={word}
            choices={choices}
            value={meaningOf(word, layout.kinds) ?? ''}
            onChange={({ target }) => set(word, target.value)}
          />
        ))}
      </div>
    </fieldset>
  );
}

const PREVIEW_ROWS = 5;

function Preview({ layout, read }: { readonly layout: FileLayout; readonly read: ReadFile & { kind: 'read' } }) {
  const { upload: words, statements } = useBookTexts();
  const shown = COLUMNS.filter((column) => layout.columns[column] !== undefined);
  const cell = (row: readonly string[], column: (typeof COLUMNS)[number]) => {
    const text = row[read.header.indexOf(layout.columns[column] ?? '')] ?? '';
    const kind = column === 'kind' ? meaningOf(text, layout.kinds) : undefined;
    return kind === undefined ? text : statements.kinds[kind];
  };
  if (shown.length === 0) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div className="overflow-x-auto rounded-md border border-line" tabIndex={0} role="group" aria-label={words.preview}>
      <table className="w-full text-sm">
        <caption className="p-2 text-start font-medium">{words.preview}</caption>
        <thead>
          <tr className="border-b border-line">
            {shown.map((column) => (
              <th key={column} scope="col" className="px-2 py-1 text-start font-medium whitespace-nowrap text-muted">
                {words.columns[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {read.rows.slice(0, PREVIEW_ROWS).map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a file have no other name
            <tr key={index} className="border-b border-line last:border-0">
              {shown.map((column) => (
                <td key={column} className="px-2 py-1 whitespace-nowrap">
                  {cell(row, column)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
