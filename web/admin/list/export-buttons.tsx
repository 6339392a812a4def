import { useMutation } from '@tanstack/react-query';
import { Button } from '../../ui/button.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useSpeech } from '../../ui/words.tsx';
import type { FileFormat } from '../api/send.ts';
import { useAdvice } from '../failure.tsx';
import { exportList } from './export-list.ts';

interface ExportButtonsProps {
  readonly name: string;
  /** Reads the list as it is filtered now; the signal makes a file of the answer. */
  readonly read: (signal: AbortSignal) => Promise<unknown>;
}

/** The list as it is filtered now, as a file. */
export function ExportButtons({ name, read }: ExportButtonsProps) {
  const { words } = useSpeech();
  const tell = useToast();
  const advise = useAdvice();
  const exporting = useMutation({
    mutationFn: async (format: FileFormat) => {
      const { file, cutAt } = await exportList(format, read);
      save(`${name}.${format}`, file);
      tell(cutAt === null ? words.exported : words.exportCut(cutAt), cutAt === null ? 'good' : 'bad');
    },
    onError: (error) => tell(advise(error), 'bad'),
  });
  return (
    <div className="flex gap-2 max-md:hidden">
      <Button icon="download" isBusy={exporting.isPending} onClick={() => exporting.mutate('csv')}>
        {words.exportCsv}
      </Button>
      <Button icon="download" isBusy={exporting.isPending} onClick={() => exporting.mutate('jsonl')}>
        {words.exportJson}
      </Button>
    </div>
  );
}

function save(name: string, file: Blob): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
