import { z } from 'zod';
/** A mail server that takes our mails, as SMTP_URL names it. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** Before the first byte; else STARTTLS is demanded, on loopback alone nothing. */
  readonly tlsFromTheStart: boolean;
  readonly isLoopback: boolean;
  readonly user: string | null;
  readonly password: string | null;
}

/** RFC 8314: 465 for TLS from the start, 587 for STARTTLS. */
const PORT_OF_SMTPS = 465;
const PORT_OF_SMTP = 587;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The server of an address such as `smtps://user:password@mail.example:465`; null where it is none. */
export function parseSmtpUrl(text: string): SmtpServer | null {
  const url = URL.parse(text);
  if (url === null || !/^smtps?:\/\/[^/?#]+\/?$/.test(text) || url.hostname === '') return null;
  const tlsFromTheStart = url.protocol === 'smtps:';
  const credentials = [decoded(url.username), decoded(url.password)];
  if (credentials.includes(null)) return null;
  const [user = null, password = null] = credentials;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (tlsFromTheStart ? PORT_OF_SMTPS : PORT_OF_SMTP) : Number(url.port),
    tlsFromTheStart,
    isLoopback: LOOPBACK.test(url.hostname),
    user: user === '' ? null : user,
    password: password === '' ? null : password,
  };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Mails come from the address that was set, else from the account they are sent with, else from the API's own host. */
export function smtpOf(
  server: SmtpServer | null,
  from: string | null,
  apiUrl: string,
): { readonly server: SmtpServer; readonly from: string } | null {
  if (server === null) return null;
  const { hostname } = new URL(apiUrl);
  const account = z.email().safeParse(server.user);
  const isName = /[a-z]$/i.test(hostname);
  return { server, from: from ?? account.data ?? `tollgate@${isName ? hostname : 'localhost'}` };
}
