import { areaTexts } from '../texts/area-texts.ts';

export const useToolTexts = areaTexts({
  en: () => import('./tool-texts-en.ts'),
  de: () => import('./tool-texts-de.ts'),
});
