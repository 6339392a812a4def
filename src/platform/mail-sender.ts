import { createTransport } from 'nodemailer';
import { waitAtMost } from './deadline.ts';
import type { SmtpServer } from './smtp-server.ts';

/** One mail as it goes out. */
export interface OutboundMail {
  /** Without angle brackets; the same at every try, so that a mail that came twice is seen to be one. */
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * What became of it. `refused`: for good, by the server's own word. `unknown`: not known to be taken, be it that nothing
 * was sent or that the answer was lost; to be tried again under the same Message-ID.
 */
export type MailOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly detail: string };

export interface MailSender {
  /** Never throws, and comes back within MAIL_DEADLINE_MS. */
  send(mail: OutboundMail): Promise<MailOutcome>;
  /** The part of Message-IDs after the @. */
  readonly domain: string;
}

interface MailSenderOptions {
  readonly server: SmtpServer;
  /** The address that mails come from. */
  readonly from: string;
}

const MAIL_DEADLINE_MS = 45_000;
const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_MAX_MS = 20_000;
const DETAIL_LENGTH_MAX = 200;

/** Sends mails by one server, over verified TLS except on loopback. A connection each: there are few of them. */
export function createMailSender({ server, from }: MailSenderOptions): MailSender {
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.tlsFromTheStart,
    requireTLS: !server.tlsFromTheStart && !server.isLoopback,
    ignoreTLS: !server.tlsFromTheStart && server.isLoopback,
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true },
    ...(server.user === null ? {} : { auth: { user: server.user, pass: server.password ?? '' } }),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MAX_MS,
    // What a mail says comes from outside; nothing in it may name a file or an address to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    domain: from.slice(from.lastIndexOf('@') + 1),
    async send({ messageId, to, subject, text, html }) {
      let outcome: MailOutcome = { kind: 'unknown', detail: `No end within ${MAIL_DEADLINE_MS} ms` };
      const message = {
        messageId: `<${messageId}>`,
        from: { name: 'Tollgate', address: from },
        to: { name: '', address: to },
        ...{ subject, text, html },
        // RFC 3834: no out-of-office answers to us.
        headers: { 'Auto-Submitted': 'auto-generated' },
      };
      const work = transport.sendMail(message).then(
        () => {
          outcome = { kind: 'sent' };
        },
        (error: unknown) => {
          outcome = outcomeOf(error);
        },
      );
      await waitAtMost(work, MAIL_DEADLINE_MS);
      return outcome;
    },
  };
}

/** Stages at which a 5xx is about this mail; anywhere else it is about us, such as a wrong password. */
const ABOUT_THE_MAIL: ReadonlySet<unknown> = new Set(['EENVELOPE', 'EMESSAGE']);

function outcomeOf(error: unknown): MailOutcome {
  const { code, responseCode, response } = error as { code?: unknown; responseCode?: unknown; response?: unknown };
  const said = typeof response === 'string' ? `: ${response.slice(0, DETAIL_LENGTH_MAX)}` : '';
  const detail = `${typeof code === 'string' ? code : 'failed'}${said}`;
  const isFinal = typeof responseCode === 'number' && responseCode >= 500 && ABOUT_THE_MAIL.has(code);
  return isFinal ? { kind: 'refused', detail } : { kind: 'unknown', detail };
}
