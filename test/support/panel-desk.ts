import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Installation } from './installation.ts';

/** What somebody types to sign in at the desk. */
export const PERSON = { email: 'ada@bluecom.example', password: 'four words in a row', code: '123456' } as const;

/** What stands behind # in the set-up link, and what is shown once when it was followed. */
export const SETUP = {
  token: 'setup_desk',
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  recoveryCodes: ['first-recovery-code', 'second-recovery-code'],
} as const;

/** How the person who signs in stands, and what may be changed while a test runs. */
export interface PanelDesk {
  readonly url: string;
  /** Of the tenant; the session tells them, and the key that stands in for it has the same scopes. */
  permissions: readonly string[];
  /** Every POST that went through to the gateway: its path and its Idempotency-Key. */
  readonly posts: readonly { readonly path: string; readonly idempotencyKey: string | undefined }[];
  /** The next answers to POSTs are lost on their way back, after the gateway has done what was asked. */
  losesAnswers: number;
  /** The next POSTs are refused until the second factor was proven again. */
  wantsStepUp: boolean;
  close(): Promise<void>;
}

const COOKIE = 'panel-desk=signed-in';

/**
 * Plays the admin host's sign-in before an installation: knows one person, and passes everything else on to the real
 * gateway with the tenant's key in the place of the session.
 */
export async function openPanelDesk(installation: Installation): Promise<PanelDesk> {
  const { tenant, apiKeys } = installation.tenant;
  const posts: { path: string; idempotencyKey: string | undefined }[] = [];
  const server = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const desk = { permissions: ['*:*'] as readonly string[], posts, losesAnswers: 0, wantsStepUp: false };

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<unknown> {
    const path = incoming.url ?? '/';
    if (/^\/api\/v1\/(?:session|me)\b/.test(path))
      return answerSession(incoming, outgoing, path.split('?', 1)[0] ?? '');
    if (path.startsWith('/api/') && incoming.method === 'POST') {
      const idempotencyKey = incoming.headers['idempotency-key'];
      posts.push({ path, idempotencyKey: typeof idempotencyKey === 'string' ? idempotencyKey : undefined });
      if (desk.wantsStepUp) return refuse(outgoing, 403, 'step_up_required');
    }
    return passOn(incoming, outgoing, path);
  }

  async function answerSession(incoming: IncomingMessage, outgoing: ServerResponse, path: string): Promise<unknown> {
    const body = await jsonOf(incoming);
    const isSignedIn = incoming.headers.cookie?.includes(COOKIE) === true;
    switch (`${incoming.method} ${path}`) {
      case 'GET /api/v1/session':
        return isSignedIn ? send(outgoing, 200, session()) : refuse(outgoing, 401, 'unauthenticated');
      case 'GET /api/v1/session/ways-in':
        return send(outgoing, 200, { passkeys: false, oidc: false });
      case 'POST /api/v1/session':
        return body.email === PERSON.email && body.password === PERSON.password
          ? send(outgoing, 200, { step: 'totp' })
          : refuse(outgoing, 401, 'unauthenticated');
      case 'POST /api/v1/session/totp':
        if (body.code !== PERSON.code) return refuse(outgoing, 401, 'unauthenticated');
        outgoing.setHeader('set-cookie', `${COOKIE}; Path=/; HttpOnly; SameSite=Strict`);
        return send(outgoing, 200, { step: 'done' });
      case 'POST /api/v1/session/link':
        return body.token === SETUP.token
          ? send(outgoing, 200, { kind: 'setup', email: null, role: 'owner', tenantName: null, hasAccount: false })
          : refuse(outgoing, 404, 'not_found');
      case 'POST /api/v1/session/link/accept':
        return send(outgoing, 200, { step: 'enroll' });
      case 'POST /api/v1/me/totp':
        return send(outgoing, 201, {
          enrollment: 'one',
          secret: SETUP.secret,
          uri: `otpauth://totp/x?secret=${SETUP.secret}`,
        });
      case 'POST /api/v1/me/totp/confirm':
        if (body.code !== PERSON.code) return refuse(outgoing, 422, 'proof_refused');
        outgoing.setHeader('set-cookie', `${COOKIE}; Path=/; HttpOnly; SameSite=Strict`);
        return send(outgoing, 200, { recoveryCodes: SETUP.recoveryCodes });
      case 'POST /api/v1/session/step-up':
        if (body.code !== PERSON.code) return refuse(outgoing, 422, 'proof_refused');
        desk.wantsStepUp = false;
        return send(outgoing, 200, { secondFactorUntil: '2099-01-01T00:00:00Z' });
      case 'DELETE /api/v1/session':
        outgoing.setHeader('set-cookie', `${COOKIE}; Path=/; Max-Age=0`);
        return send(outgoing, 204, null);
      default:
        return refuse(outgoing, 404, 'not_found');
    }
  }

  function session(): object {
    const { permissions } = desk;
    return {
      user: { id: 'usr_1', name: 'Ada Lovelace', email: PERSON.email },
      operatorRole: null,
      permissions: [],
      memberships: [{ tenantId: tenant.tenantId, tenantName: 'Bluecom Shop', role: 'admin', permissions }],
      secondFactorUntil: null,
    };
  }

  function passOn(incoming: IncomingMessage, outgoing: ServerResponse, path: string): unknown {
    const { 'x-tollgate-tenant': asked, 'x-tollgate-mode': mode, cookie, ...headers } = incoming.headers;
    if (asked !== undefined && asked !== tenant.tenantId) return refuse(outgoing, 404, 'not_found');
    const key = mode === 'live' ? apiKeys.live : apiKeys.test;
    const isApi = path.startsWith('/api/') && cookie?.includes(COOKIE) === true;
    const onward = request(
      new URL(path, installation.apiUrl),
      { method: incoming.method, headers: { ...headers, ...(isApi ? { authorization: `Bearer ${key}` } : {}) } },
      (answer) => {
        if (incoming.method === 'POST' && desk.losesAnswers > 0) {
          desk.losesAnswers -= 1;
          // Torn in the middle: one that never began, browsers would ask for again by themselves.
          outgoing.writeHead(answer.statusCode ?? 502, { 'content-type': 'application/json', 'content-length': 99 });
          answer.resume().once('end', () => outgoing.write('{', () => outgoing.destroy()));
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    return incoming.pipe(onward);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The desk has no port');
  return Object.assign(desk, {
    url: `http://127.0.0.1:${address.port}/admin`,
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  });
}

async function jsonOf(incoming: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : JSON.parse(text);
}

function send(outgoing: ServerResponse, status: number, body: object | null): ServerResponse {
  outgoing.writeHead(status, { 'content-type': 'application/json' });
  return outgoing.end(body === null ? undefined : JSON.stringify(body));
}

function refuse(outgoing: ServerResponse, status: number, code: string): ServerResponse {
  outgoing.writeHead(status, { 'content-type': 'application/problem+json' });
  return outgoing.end(JSON.stringify({ status, code, title: code, detail: code, errors: [], correlationId: 'desk' }));
}
