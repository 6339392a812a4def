import { createContext, useContext } from 'react';

/** What components say by themselves; the catalogue of a page fills it in. */
export interface UiWords {
  readonly copy: string;
  readonly copied: string;
  readonly close: string;
  readonly cancel: string;
  readonly loading: string;
  readonly retry: string;
  readonly next: string;
  readonly previous: string;
  readonly newest: string;
  readonly columns: string;
  readonly filters: string;
  readonly clearFilters: string;
  readonly all: string;
  readonly exportCsv: string;
  readonly exportJson: string;
  readonly exportCut: (rows: number) => string;
  readonly exported: string;
  readonly showTable: string;
  readonly showPlot: string;
  readonly noPermission: string;
  readonly noPermissionHint: (permission: string) => string;
  readonly failed: string;
  readonly correlation: string;
  readonly aboutThis: string;
  readonly notifications: string;
  readonly sum: string;
  readonly from: string;
  readonly to: string;
  readonly secretTitle: string;
  readonly secretHint: string;
  readonly secretKept: string;
  readonly optional: string;
}

interface Speech {
  /** A tag of BCP 47; of numbers, amounts and times as well. */
  readonly locale: string;
  readonly words: UiWords;
}

const SpeechContext = createContext<Speech | null>(null);

export const SpeechProvider = SpeechContext.Provider;

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (speech === null) throw new Error('Components speak inside a SpeechProvider');
  return speech;
}
