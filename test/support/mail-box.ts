import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SmtpServer } from '../../src/platform/smtp-server.ts';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came, headers first. */
  readonly raw: string;
  /** By their names in lower case, unfolded. */
  readonly headers: Readonly<Record<string, string>>;
  /** The plain text, decoded. */
  readonly text: string;
  readonly html: string;
}

/** What a mail server says once it has read a mail; null: it takes it. */
type Verdict = { readonly code: number; readonly message: string } | null;

/** A mail server on loopback that keeps what it is sent. */
export interface MailBox {
  readonly server: SmtpServer;
  readonly url: string;
  readonly received: ReceivedMail[];
  /** Of connections that got as far as a command. */
  readonly logins: string[];
  judge: (mail: ReceivedMail) => Verdict;
  close(): Promise<void>;
}

interface MailBoxOptions {
  readonly password?: string;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Starts a mail server. Without a certificate it offers no TLS; with a password it takes nothing without it. */
export async function startMailBox({ password, tls }: MailBoxOptions = {}): Promise<MailBox> {
  const received: ReceivedMail[] = [];
  const logins: string[] = [];
  const server = new SMTPServer({
    ...(tls === undefined ? { disabledCommands: ['STARTTLS'] } : tls),
    authOptional: password === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onAuth: (auth, _session, done) => {
      logins.push(auth.username ?? '');
      if (auth.password === password) done(null, { user: auth.username });
      else done(new Error('Wrong'));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const mail = parse(
          Buffer.concat(chunks).toString(),
          mailFrom === false ? '' : mailFrom.address,
          rcptTo.map(({ address }) => address),
        );
        const verdict = box.judge(mail);
        if (verdict === null) received.push(mail);
        done(verdict === null ? null : Object.assign(new Error(verdict.message), { responseCode: verdict.code }));
      });
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const box: MailBox = {
    server: { host: '127.0.0.1', port, tlsFromTheStart: false, isLoopback: true, user: null, password: null },
    url: `smtp://127.0.0.1:${port}`,
    received,
    logins,
    judge: () => null,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return box;
}

function parse(raw: string, from: string, to: readonly string[]): ReceivedMail {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = headersOf(head);
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1] ?? '';
  const parts = rest.join('\r\n\r\n').split(`--${boundary}`);
  const partOf = (type: string) => decoded(parts.find((part) => part.includes(`Content-Type: ${type}`)) ?? '');
  return { from, to, raw, headers, text: partOf('text/plain'), html: partOf('text/html') };
}

function headersOf(head: string): Record<string, string> {
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

function decoded(part: string): string {
  const [head = '', ...body] = part.trimStart().split('\r\n\r\n');
  const encoding = headersOf(head)['content-transfer-encoding'];
  const text = body.join('\r\n\r\n');
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString();
  if (encoding !== 'quoted-printable') return text;
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
