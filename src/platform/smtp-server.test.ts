import { expect, test } from 'vitest';
import { parseSmtpUrl } from './smtp-server.ts';

test.each([
  ['smtps://mail.example', { port: 465, tlsFromTheStart: true, isLoopback: false, user: null, password: null }],
  ['smtp://mail.example', { port: 587, tlsFromTheStart: false, isLoopback: false }],
  ['smtp://127.0.0.1:1025/', { host: '127.0.0.1', port: 1025, isLoopback: true }],
  ['smtp://[::1]:1025', { host: '::1', isLoopback: true }],
  ['smtps://us%40er:p%3Aw@mail.example:2465', { port: 2465, user: 'us@er', password: 'p:w' }],
])('%s is a mail server', (text, server) => {
  expect(parseSmtpUrl(text)).toMatchObject(server);
});

test.each([
  'mail.example',
  'https://mail.example',
  'smtp://',
  'smtp://mail.example/path',
  'smtp://mail.example?tls=no',
  'smtp://user:%zz@mail.example',
  'smtp://localhost.evil.example:25/?x',
])('%s is none', (text) => {
  expect(parseSmtpUrl(text)).toBeNull();
});

test('a name that only begins like loopback is not loopback', () => {
  expect(parseSmtpUrl('smtp://localhost.example')).toMatchObject({ isLoopback: false });
  expect(parseSmtpUrl('smtp://127.0.0.1.example')).toMatchObject({ isLoopback: false });
});
