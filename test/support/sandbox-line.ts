import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The wire between the gateway and its provider, which a test may cut or hold. */
export interface SandboxLine {
  readonly url: string;
  /** `cut`: connections are refused; `hold`: they are taken and nothing ever comes back. */
  state: 'open' | 'cut' | 'hold';
  /** Where it leads; known only once the sandbox listens. */
  target: string;
  close(): Promise<void>;
}

/** Lays a line that leads nowhere yet. */
export async function layLine(): Promise<SandboxLine> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((socket) => {
    keep(socket);
    if (line.state === 'hold') return;
    if (line.state === 'cut') {
      socket.resetAndDestroy();
      return;
    }
    const { hostname, port } = new URL(line.target);
    const onward = connect(Number(port), hostname);
    keep(onward);
    socket.pipe(onward).pipe(socket);
    onward.on('close', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let state: SandboxLine['state'] = 'open';
  const line: SandboxLine = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: 'http://127.0.0.1:9',
    get state() {
      return state;
    },
    set state(next) {
      state = next;
      // Connections that are kept open would go around the new state.
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return line;
}
