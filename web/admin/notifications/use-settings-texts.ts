import { areaTexts } from '../texts/area-texts.ts';

export const useSettingsTexts = areaTexts({
  en: () => import('./settings-texts-en.ts'),
  de: () => import('./settings-texts-de.ts'),
});
