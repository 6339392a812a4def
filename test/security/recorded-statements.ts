import type pg from 'pg';
import { ScopedConnection } from '../../src/platform/scoped-connection.ts';
import { scopeText } from '../../src/platform/tenant-scope.ts';

/** A statement as the program has sent it. */
export interface Issued {
  /** What the database was told of whose rows it is about. */
  readonly scope: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Of one text in one kind of scope; more of them would take the same way. */
const KEPT_OF_EACH = 2;
/** Steps of transactions; and what reads a clock or makes up a name answers something else each time. */
const LEFT_OUT = /^(?:begin|start|commit|rollback|savepoint|release)|clock_timestamp|pg_backend_pid|txid|advisory/;

/** Writes down what goes out over the connections of this process's databases from now on, until it is stopped. */
export function recordStatements(): { stop(): readonly Issued[] } {
  const send = ScopedConnection.prototype.query;
  const kept = new Map<string, Issued[]>();
  ScopedConnection.prototype.query = function (config: pg.QueryConfig) {
    const issued = { scope: scopeText(), text: config.text, values: config.values ?? [] };
    const name = `${issued.scope.startsWith('*')} ${issued.text}`;
    const known = kept.get(name) ?? [];
    if (known.length < KEPT_OF_EACH && !LEFT_OUT.test(issued.text)) kept.set(name, [...known, issued]);
    return send.call(this, config);
  };
  return {
    stop() {
      ScopedConnection.prototype.query = send;
      return [...kept.values()].flat();
    },
  };
}
