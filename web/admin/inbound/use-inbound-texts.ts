import { areaTexts } from '../texts/area-texts.ts';

export const useInboundTexts = areaTexts({ en: () => import('./texts-en.ts'), de: () => import('./texts-de.ts') });
