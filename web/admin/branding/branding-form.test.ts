import { expect, test } from 'vitest';
import { patchOf, valuesOf } from './branding-form.ts';

const colors = { button: '#0b6e4f', buttonText: '#ffffff', accent: '#0b6e4f', accentDark: '#0b6e4f' };
const effective = { name: 'Bluecom', colors, languages: ['en', 'de'], warnings: [] };

test('what was emptied is taken away, and what stands is sent as it stands', () => {
  const branding = {
    displayName: 'Bluecom',
    primaryColor: '#0b6e4f',
    supportUrl: 'https://shop.example/help',
    legalLinks: { terms: 'https://shop.example/terms' },
    texts: { payNote: { de: 'Danke', fr: 'Merci' } },
  };
  const values = valuesOf({ branding, effective });
  values.displayName = ' ';
  values.texts.payNote.de = '';
  expect(patchOf(values)).toEqual({
    branding: {
      displayName: null,
      primaryColor: '#0b6e4f',
      supportUrl: 'https://shop.example/help',
      legalUrl: null,
      legalLinks: { terms: 'https://shop.example/terms', privacy: null, imprint: null },
      texts: {
        payNote: { en: null, de: null, fr: 'Merci' },
        resultNote: { en: null, de: null, fr: null },
      },
    },
  });
});
