import { areaTexts } from '../texts/area-texts.ts';

export const useEditorTexts = areaTexts({
  en: () => import('./editor-texts-en.ts'),
  de: () => import('./editor-texts-de.ts'),
});
