import { areaTexts } from '../texts/area-texts.ts';

export const useSignatureTexts = areaTexts({
  en: () => import('./signature-texts-en.ts'),
  de: () => import('./signature-texts-de.ts'),
});
