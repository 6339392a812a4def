import { afterEach, expect, test } from 'vitest';
import { type MailBox, startMailBox } from '../../test/support/mail-box.ts';
import { createMailSender } from './mail-sender.ts';
import { closedPort, SHOP_CERTIFICATE, SHOP_KEY } from './outbound-fixture.ts';
import type { SmtpServer } from './smtp-server.ts';

const boxes: MailBox[] = [];
afterEach(async () => {
  for (const box of boxes.splice(0)) await box.close();
});

async function mailBox(options: Parameters<typeof startMailBox>[0] = {}): Promise<MailBox> {
  const box = await startMailBox(options);
  boxes.push(box);
  return box;
}

const MAIL = {
  messageId: 'mail_1@gateway.example',
  to: 'admin@shop.example',
  subject: '3 notifications – näher',
  text: 'Line one\nLine two with ümlauts\n',
  html: '<p>Line one</p>',
};

const send = (server: SmtpServer, mail: Partial<typeof MAIL> = {}) =>
  createMailSender({ server, from: 'tollgate@gateway.example' }).send({ ...MAIL, ...mail });

test('a mail arrives as text and as markup, under the Message-ID that it was given', async () => {
  const box = await mailBox();
  expect(await send(box.server)).toEqual({ kind: 'sent' });
  const [mail] = box.received;
  expect(mail).toMatchObject({
    from: 'tollgate@gateway.example',
    to: ['admin@shop.example'],
    html: expect.stringContaining(MAIL.html),
  });
  expect(mail?.text.replaceAll('\r\n', '\n').trim()).toBe(MAIL.text.trim());
  expect(mail?.headers).toMatchObject({
    'message-id': '<mail_1@gateway.example>',
    'auto-submitted': 'auto-generated',
    from: 'Tollgate <tollgate@gateway.example>',
  });
});

test('a subject with line ends makes no header of its own, an address no second recipient', async () => {
  const box = await mailBox();
  await send(box.server, { subject: 'One\r\nBcc: evil@else.example\r\n\r\nbody' });
  await send(box.server, { to: 'admin@shop.example, evil@else.example' });
  for (const { headers, to } of box.received) {
    expect(headers).not.toHaveProperty('bcc');
    expect(to).not.toContain('evil@else.example');
  }
});

test.each([
  [550, 'refused'],
  [552, 'refused'],
  [451, 'unknown'],
] as const)('an answer of %i to the mail is %s', async (code, kind) => {
  const box = await mailBox();
  box.judge = () => ({ code, message: 'No' });
  const outcome = await send(box.server);
  expect(outcome).toMatchObject({ kind, detail: expect.stringContaining(String(code)) });
});

test('nobody listening is no refusal', async () => {
  const box = await mailBox();
  expect(await send({ ...box.server, port: await closedPort() })).toMatchObject({ kind: 'unknown' });
});

test('a wrong password is our fault and not the mail’s, and is not repeated', async () => {
  const box = await mailBox({ password: 'right' });
  const outcome = await send({ ...box.server, user: 'mailer', password: 'hunter2-wrong' });
  expect(outcome).toMatchObject({ kind: 'unknown', detail: expect.stringMatching(/^EAUTH/) });
  expect(JSON.stringify(outcome)).not.toContain('hunter2');
  expect(await send({ ...box.server, user: 'mailer', password: 'right' })).toEqual({ kind: 'sent' });
});

test('beyond loopback nothing is said without TLS, not even a password', async () => {
  const box = await mailBox({ password: 'right' });
  const remote = { ...box.server, isLoopback: false, user: 'mailer', password: 'right' };
  expect(await send(remote)).toMatchObject({ kind: 'unknown' });
  expect([box.logins, box.received]).toEqual([[], []]);
});

test('on loopback a mail is handed over without TLS, whatever the server offers', async () => {
  const box = await mailBox({ tls: { key: SHOP_KEY, cert: SHOP_CERTIFICATE } });
  expect(await send(box.server)).toEqual({ kind: 'sent' });
});

test('a certificate that nobody vouches for ends the talk, whatever the environment says', async () => {
  const box = await mailBox({ password: 'right', tls: { key: SHOP_KEY, cert: SHOP_CERTIFICATE } });
  const remote = { ...box.server, isLoopback: false, user: 'mailer', password: 'right' };
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  try {
    expect(await send(remote)).toMatchObject({ kind: 'unknown' });
  } finally {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  }
  expect([box.logins, box.received]).toEqual([[], []]);
});
