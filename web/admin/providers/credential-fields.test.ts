import { expect, test } from 'vitest';
import { credentialFields, OWN, readCredentials } from './credential-fields.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    note: { type: 'boolean', default: false, title: 'Switched on' },
    profile: { anyOf: [{ type: 'string', enum: ['bluecom', 'neopay'] }, { type: 'object' }], title: 'Profile' },
    secretKey: { type: 'string', 'x-secret': true, title: 'Secret key', description: 'Of the portal.' },
    privateKey: { type: 'string', 'x-secret': true, maxLength: 10_000 },
    paths: { type: 'object', title: 'Paths' },
    apiUrl: { type: 'string', maxLength: 500, title: 'Address' },
  },
  required: ['profile', 'apiUrl'],
};
const fields = credentialFields(SCHEMA);

test('what is required comes first, each with its label, its help and the control it needs', () => {
  expect(fields.map(({ name, kind, isRequired, isSecret }) => [name, kind, isRequired, isSecret])).toEqual([
    ['profile', 'choice', true, false],
    ['apiUrl', 'text', true, false],
    ['note', 'check', false, false],
    ['secretKey', 'text', false, true],
    ['privateKey', 'long', false, true],
    ['paths', 'json', false, false],
  ]);
  expect(fields[0]).toMatchObject({ label: 'Profile', choices: ['bluecom', 'neopay'], takesOwn: true });
  expect(fields[3]).toMatchObject({ label: 'Secret key', hint: 'Of the portal.' });
  expect(fields[4]?.label).toBe('privateKey');
});

test('credentials are what was entered, and what was left empty is left out', () => {
  const entered = {
    profile: 'neopay',
    apiUrl: ' https://a.example ',
    note: true,
    secretKey: '',
    paths: '{"create":"/c"}',
  };
  expect(readCredentials(fields, entered)).toEqual({
    credentials: { profile: 'neopay', apiUrl: 'https://a.example', note: true, paths: { create: '/c' } },
  });
});

test('an object of one’s own takes the place of a choice', () => {
  const entered = { profile: OWN, profileOwn: '{"name":"Mine"}', apiUrl: 'x' };
  expect(readCredentials(fields, entered)).toEqual({ credentials: { profile: { name: 'Mine' }, apiUrl: 'x' } });
});

test('what is missing or no object is named, and nothing is sent', () => {
  expect(readCredentials(fields, { profile: OWN, profileOwn: '[1]', paths: '{', apiUrl: ' ' })).toEqual({
    wrong: [
      { name: 'profile', reason: 'json' },
      { name: 'apiUrl', reason: 'missing' },
      { name: 'paths', reason: 'json' },
    ],
  });
});
