import { areaTexts } from '../texts/area-texts.ts';

export const useEventTexts = areaTexts({ en: () => import('./texts-en.ts'), de: () => import('./texts-de.ts') });
