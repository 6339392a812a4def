import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A name server for TXT records, on loopback. */
export interface DnsServer {
  /** As resolvers are told it. */
  readonly address: string;
  /** The texts of a name; `broken`: it answers that it has failed. Names without an entry do not exist. */
  readonly records: Map<string, readonly string[] | 'broken'>;
  /** The names it was asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

const SERVFAIL = 2;
const NXDOMAIN = 3;

/** Starts it. RFC 1035 section 4. */
export async function startDnsServer(): Promise<DnsServer> {
  const records: DnsServer['records'] = new Map();
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const { name, end } = questionOf(query);
    asked.push(name);
    socket.send(answerTo(query, end, records.get(name.toLowerCase())), peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    records,
    asked,
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function questionOf(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.'), end: at + 5 };
}

function answerTo(query: Buffer, questionEnd: number, found: readonly string[] | 'broken' | undefined): Buffer {
  const texts = found === 'broken' || found === undefined ? [] : found;
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (found === 'broken' ? SERVFAIL : found === undefined ? NXDOMAIN : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(texts.length, 6);
  const answers = texts.map((text) => {
    const data = Buffer.concat([Buffer.of(text.length), Buffer.from(text, 'latin1')]);
    // A pointer to the question's name, TXT, class IN, no time to live.
    return Buffer.concat([Buffer.of(0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, data.length), data]);
  });
  return Buffer.concat([header, query.subarray(12, questionEnd), ...answers]);
}
