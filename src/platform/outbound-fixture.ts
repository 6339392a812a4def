import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createOutboundHttp, type OutboundOutcome } from './outbound-http.ts';

/** A server on loopback that counts its connections. */
export interface CountingServer {
  readonly port: number;
  readonly connections: number;
  close(): Promise<void>;
}

/** Self-signed for shop.test alone, valid from 2020 to 2120; it guards nothing. */
export const SHOP_CERTIFICATE = `
-----BEGIN CERTIFICATE-----
MIIBQjCB6KADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCXNob3AudGVz
dDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFDESMBAGA1UEAwwJ
c2hvcC50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE0zPenTrc4AHnHWCV
NpL62b08sM3ugZlscQm8EKvSJaERRN2Q73A940dR/UpWUIY2aBKYugqZnsdfY1PV
8Cd7UKMpMCcwDwYDVR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglzaG9wLnRlc3Qw
CgYIKoZIzj0EAwIDSQAwRgIhAI6z3x497Z+eL047sXguXS1P3xOY9Ir+KPgnEgfZ
7emfAiEA9bgctoaB0hdTNt+tZa4YSUnMUTiui6MmDGuoN0VVcYI=
-----END CERTIFICATE-----
`;
export const SHOP_KEY = `
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbZYCDyJTm9Q9+BPR
JIhUNxQxJF+CQgcuV3RWzrlMCVGhRANCAATTM96dOtzgAecdYJU2kvrZvTywze6B
mWxxCbwQq9IloRFE3ZDvcD3jR1H9SlZQhjZoEpi6Cpmex19jU9XwJ3tQ
-----END PRIVATE KEY-----
`;

export async function startHttp(answer: RequestListener): Promise<CountingServer> {
  return count(createHttpServer({ keepAliveTimeout: 60_000 }, answer));
}

export async function startHttps(answer: RequestListener): Promise<CountingServer> {
  return count(createHttpsServer({ cert: SHOP_CERTIFICATE, key: SHOP_KEY }, answer));
}

/** A server below HTTP, which says what no proper server says. */
export async function startTcp(greet: (socket: Socket) => void): Promise<CountingServer> {
  return count(createTcpServer(greet));
}

/** A port of loopback on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await startTcp(() => {});
  await server.close();
  return server.port;
}

/** A client that may call loopback, every name being 127.0.0.1. */
export function loopbackClient(options: Partial<Parameters<typeof createOutboundHttp>[0]> = {}) {
  return createOutboundHttp({
    allowPrivateTargets: true,
    userAgent: 'Tollgate-Test/1',
    resolve: async () => ['127.0.0.1'],
    ...options,
  });
}

type Kind = OutboundOutcome['kind'];

/** The outcome as the kind it is expected to be. @throws Error with the whole outcome where it is another */
export function expectKind<K extends Kind>(outcome: OutboundOutcome, kind: K): Extract<OutboundOutcome, { kind: K }> {
  if (outcome.kind !== kind) throw new Error(`Not ${kind}: ${JSON.stringify(outcome)}`);
  return outcome as Extract<OutboundOutcome, { kind: K }>;
}

async function count(server: Server): Promise<CountingServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
