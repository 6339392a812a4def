import { areaTexts } from '../texts/area-texts.ts';

export const useRequestTexts = areaTexts({ en: () => import('./texts-en.ts'), de: () => import('./texts-de.ts') });
