import type { Writable } from 'node:stream';
import type pg from 'pg';

/** What pg tells its connection of the parameters of a statement. */
interface Binding {
  readonly portal?: string;
  readonly statement?: string;
  readonly values?: readonly unknown[];
  readonly valueMapper?: (value: unknown, index: number) => string | Buffer | null;
}

/** A connection's own parts, as far as they are used here. */
interface Wire {
  readonly stream: Writable;
  bind(binding: Binding): void;
}

/**
 * Has a connection send the parameters of each statement as one piece of memory of the right size. pg's own writer begins
 * with 256 bytes for every message and makes a larger copy whenever they are used up: for a statement of fifty payments
 * four times as much fresh memory as is sent, which was an eighth of the gateway's processor time and much of its memory.
 */
export function bindInOnePiece(client: pg.PoolClient): void {
  const { connection } = client as unknown as { readonly connection: Wire };
  connection.bind = ({ portal = '', statement = '', values = [], valueMapper }) => {
    // Before anything is written: what cannot be sent must leave nothing behind on the connection.
    const sent = values.map((value, index) =>
      valueMapper === undefined ? (value as string) : valueMapper(value, index),
    );
    if (connection.stream.writable) connection.stream.write(bindMessage(portal, statement, sent));
  };
}

const BIND = 0x42;
const TEXT = 0;
const BINARY = 1;
const NULL = -1;
const LENGTH_BYTES = 4;
const COUNT_BYTES = 2;

/**
 * The message that binds parameters to a prepared statement: buffers in binary, everything else as text; results as text.
 * https://www.postgresql.org/docs/18/protocol-message-formats.html
 */
export function bindMessage(portal: string, statement: string, values: readonly (string | Buffer | null)[]): Buffer {
  const lengths = values.map((value) => (value === null ? NULL : Buffer.byteLength(value)));
  const names = Buffer.byteLength(portal) + Buffer.byteLength(statement) + 2;
  const parameters = lengths.reduce((sum, length) => sum + COUNT_BYTES + LENGTH_BYTES + Math.max(length, 0), 0);
  const bytes = 1 + LENGTH_BYTES + names + COUNT_BYTES + COUNT_BYTES + parameters + COUNT_BYTES + COUNT_BYTES;
  const message = Buffer.allocUnsafe(bytes);
  let at = message.writeUInt8(BIND, 0);
  at = message.writeInt32BE(bytes - 1, at);
  for (const name of [portal, statement]) at = message.writeUInt8(0, at + message.write(name, at));
  at = message.writeUInt16BE(values.length, at);
  for (const value of values)
    at = message.writeInt16BE(typeof value === 'object' && value !== null ? BINARY : TEXT, at);
  at = message.writeUInt16BE(values.length, at);
  for (const [index, value] of values.entries()) {
    at = message.writeInt32BE(lengths[index] ?? NULL, at);
    if (value !== null) at += typeof value === 'string' ? message.write(value, at) : value.copy(message, at);
  }
  at = message.writeInt16BE(1, at);
  message.writeInt16BE(TEXT, at);
  return message;
}
