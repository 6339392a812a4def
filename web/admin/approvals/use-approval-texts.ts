import { areaTexts } from '../texts/area-texts.ts';

export const useApprovalTexts = areaTexts({ en: () => import('./texts-en.ts'), de: () => import('./texts-de.ts') });
