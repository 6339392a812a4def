import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { call, until } from './api-client.ts';
import type { Installation } from './installation.ts';
import { freePorts } from './tollgate-process.ts';

/** Said in the title of what is skipped where it is missing. */
export const CADDY_MISSING = spawnSync('caddy', ['version']).status === 0 ? '' : ' (Caddy is not on this machine)';

/** As the Caddyfile and the gateway behind it are told them. */
export const HOSTS = {
  api: 'api.gate.example',
  checkout: 'secure.gate.example',
  hooks: 'webhook.gate.example',
  admin: 'panel.gate.example',
};

export const HOSTS_ENVIRONMENT = {
  TOLLGATE_TRUST_PROXY: 'loopback',
  TOLLGATE_API_URL: `https://${HOSTS.api}`,
  TOLLGATE_CHECKOUT_URL: `https://${HOSTS.checkout}`,
  TOLLGATE_HOOKS_URL: `https://${HOSTS.hooks}`,
  TOLLGATE_ADMIN_URL: `https://${HOSTS.admin}`,
};

interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** The host of the request; that of the handshake unless given. */
  readonly hostHeader?: string;
}

/** Debian's Caddy with the Caddyfile of the repository. Its own authority issues, so that nobody outside is asked. */
export interface Caddy {
  /** What `tollgate certificates sync --storage` is given. */
  readonly storage: string;
  /** The certificate of its own authority. */
  readonly authority: Buffer;
  /** By TLS, with a certificate of the host and of the authority given, its own unless said. Rejects where there is none. */
  get(host: string, path: string, options?: GetOptions): Promise<{ readonly status: number; readonly text: string }>;
  /** The certificate it serves for a host, verified against an authority. Rejects where there is none. */
  certificateOf(host: string, authority?: Buffer): Promise<PeerCertificate>;
  close(): Promise<void>;
}

/** Starts one in front of an installation, with an empty storage or one that was filled before. */
export async function startCaddy({ tollgate }: Installation, storageParent?: string): Promise<Caddy> {
  const home = storageParent ?? (await mkdtemp(join(tmpdir(), 'tollgate-caddy-')));
  const [httpPort = 0, port = 0] = await freePorts(2);
  const upstream = `127.0.0.1:${tollgate.config.port}`;
  const caddy = spawn('caddy', ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'], {
    stdio: 'ignore',
    env: {
      ...process.env,
      ...{ XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, HOME: home },
      ...{ CADDY_ADMIN: 'off', HTTP_PORT: String(httpPort), HTTPS_PORT: String(port) },
      ...{ CERTIFICATE_ISSUER: 'internal' },
      ...{ API_HOST: HOSTS.api, CHECKOUT_HOST: HOSTS.checkout, HOOKS_HOST: HOSTS.hooks, ADMIN_HOST: HOSTS.admin },
      ...{ API_UPSTREAM: upstream, CHECKOUT_UPSTREAM: upstream, HOOKS_UPSTREAM: upstream },
      TOLLGATE_INTERNAL: new URL(tollgate.internalUrl).host,
    },
  });
  const handshake = async (host: string, ca: Buffer): Promise<TLSSocket> => {
    const socket = connect({ host: '127.0.0.1', port, servername: host, ca });
    await once(socket, 'secureConnect');
    return socket;
  };
  const close = async () => {
    await end(caddy);
    await rm(home, { recursive: true, force: true });
  };
  try {
    const authority = await until(
      () => readFile(join(home, 'caddy/pki/authorities/local/root.crt')).catch(() => null),
      30_000,
    );
    const get: Caddy['get'] = async (host, path, { headers = {}, hostHeader = host } = {}) => {
      const socket = await handshake(host, authority);
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostHeader}\r\n${lines.join('')}connection: close\r\n\r\n`);
      const text = Buffer.concat(await socket.toArray()).toString();
      return { status: Number(text.slice(9, 12)), text };
    };
    await until(() => plainAnswers(httpPort), 30_000);
    return {
      storage: join(home, 'caddy'),
      authority,
      get,
      async certificateOf(host, ca = authority) {
        const socket = await handshake(host, ca);
        const certificate = socket.getPeerCertificate();
        socket.destroy();
        return certificate;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whether it listens: plain HTTP is led to HTTPS without asking anybody. */
async function plainAnswers(port: number): Promise<boolean> {
  return call(`http://127.0.0.1:${port}/`, { headers: { host: HOSTS.api } }).then(
    ({ status }) => status === 308,
    () => false,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}
