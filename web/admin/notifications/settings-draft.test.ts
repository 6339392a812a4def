import { expect, test } from 'vitest';
import { changesOf, draftOf } from './settings-draft.ts';

const settings = {
  object: 'notification_settings',
  mode: 'test',
  updatedAt: null,
  productId: 'prd_1',
  enabled: null,
  paused: false,
  adminEmail: null,
  additionalTypesAlsoToMain: true,
} as const;
const before = draftOf(settings);

test('only what was changed is sent: whoever may not pause changes the rest all the same', () => {
  expect(changesOf(before, before)).toBeNull();
  expect(changesOf({ ...before, enabled: 'off' }, before)).toEqual({ enabled: false });
});

test('what a product says no more is taken back by null, an address that is emptied too', () => {
  const after = { ...before, paused: 'inherit', additionalTypesAlsoToMain: 'off' } as const;
  expect(changesOf(after, before)).toEqual({ paused: null, additionalTypesAlsoToMain: false });
  expect(changesOf(before, { ...before, adminEmail: 'ops@shop.example' })).toEqual({ adminEmail: null });
});
