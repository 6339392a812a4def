import { useMutation } from '@tanstack/react-query';
import { Button } from '../../ui/button.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { useAdvice } from '../failure.tsx';
import { type Page, readAllRows, toCsv } from './export-rows.ts';

interface ExportButtonsProps {
  readonly name: string;
  readonly read: (part: { readonly limit: number; readonly cursor: string | undefined }) => Promise<Page<object>>;
}

/** The list as it is filtered now, as a file. */
export function ExportButtons({ name, read }: ExportButtonsProps) {
  const { words } = useSpeech();
  const tell = useToast();
  const advise = useAdvice();
  const exporting = useMutation({
    mutationFn: async (format: 'csv' | 'json') => {
      const { rows, isCut } = await readAllRows(read);
      const text = format === 'csv' ? toCsv(rows) : JSON.stringify(rows, null, 2);
      save(`${name}.${format}`, text, format === 'csv' ? 'text/csv' : 'application/json');
      tell(isCut ? words.exportCut(rows.length) : words.exported(rows.length), isCut ? 'bad' : 'good');
    },
    onError: (error) => tell(advise(error), 'bad'),
  });
  return (
    <div className="flex gap-2 max-md:hidden">
      <Button icon="download" isBusy={exporting.isPending} onClick={() => exporting.mutate('csv')}>
        {words.exportCsv}
      </Button>
      <Button icon="download" isBusy={exporting.isPending} onClick={() => exporting.mutate('json')}>
        {words.exportJson}
      </Button>
    </div>
  );
}

function save(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
