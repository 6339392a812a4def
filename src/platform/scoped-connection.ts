import pg from 'pg';
import { scopeText } from './tenant-scope.ts';

/** The setting by which policies know whose rows a statement may touch; db/schema.sql, `tenants_in_scope`. */
const TELL_SCOPE = "select set_config('tollgate.tenants', $1, true)";
const TELL_SCOPE_NAME = 'tollgate_scope';

/** How a transaction goes on; what Kysely's driver sends for it. */
const TRANSACTION_STEP = /^(?:begin|start transaction|commit|rollback to|rollback|savepoint|release)\b/;

/** Which connections have TELL_SCOPE prepared. */
const prepared = new WeakSet<pg.PoolClient>();

/**
 * A connection on which each statement runs in the scope of whoever issues it. Outside of a transaction scope and statement
 * go out together before one Sync, which makes them one implicit transaction: the scope ends with it, whether the statement
 * fails or not, so that whoever has the connection next finds none. Inside of a transaction the scope is told before the
 * first statement, and again when it is another. No round trip is made for it.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export class ScopedConnection {
  readonly #client: pg.PoolClient;
  /** What the open transaction was told last; null: it is not known. Undefined: no transaction is open. */
  #told: string | null | undefined = undefined;
  #isBroken = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  async query(config: pg.QueryConfig): Promise<pg.QueryResult> {
    const [step] = TRANSACTION_STEP.exec(config.text) ?? [];
    try {
      if (step !== undefined) return await this.#take(step, config);
      const scope = scopeText();
      const known = this.#told === undefined ? '' : this.#told;
      return scope === known ? await this.#client.query(config) : await this.#tell(scope, config);
    } catch (error) {
      // Not an answer of the server: what it still does on this connection is not known.
      this.#isBroken ||= !(error instanceof pg.DatabaseError);
      throw error;
    }
  }

  /** A connection that may still be in a transaction, and so in somebody's scope, is closed. */
  release(): void {
    this.#client.release(this.#isBroken || this.#told !== undefined);
  }

  async #take(step: string, config: pg.QueryConfig): Promise<pg.QueryResult> {
    if (step === 'begin' || step === 'start transaction') this.#told = null;
    const result = await this.#client.query(config);
    if (step === 'begin' || step === 'start transaction') this.#told = '';
    else if (step === 'commit' || step === 'rollback') this.#told = undefined;
    // What was told within a savepoint is taken back with it.
    else if (step === 'rollback to') this.#told = null;
    return result;
  }

  async #tell(scope: string, config: pg.QueryConfig): Promise<pg.QueryResult> {
    if (!prepared.has(this.#client)) {
      await this.#client.query({ name: TELL_SCOPE_NAME, text: TELL_SCOPE, values: [''] });
      prepared.add(this.#client);
    }
    const isOpen = this.#told !== undefined;
    if (isOpen) this.#told = null;
    const result = await new Promise<pg.QueryResult>((resolve, reject) => {
      const query = new ScopedQuery(scope, config, (error, done) => (error ? reject(error) : resolve(done)));
      this.#client.query(query);
    });
    if (isOpen) this.#told = scope;
    return result;
  }
}

interface Wire {
  bind(message: { readonly portal: string; readonly statement: string; readonly values: readonly string[] }): void;
  execute(message: { readonly portal: string; readonly rows: number }): void;
}

/** What the driver's own query does that its types do not name; pg/lib/query.js. */
interface DriverQuery extends pg.Submittable {
  prepare(connection: Wire): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Wire): void;
}

type Callback = (error: Error | null | undefined, result: pg.QueryResult) => void;

const DriverQuery = pg.Query as unknown as new (
  config: pg.QueryConfig & { readonly queryMode: 'extended' },
  callback: Callback,
) => DriverQuery;

/** A statement before which the scope is told: two portals, one Sync. What the first one answers is left out. */
class ScopedQuery extends DriverQuery {
  readonly #scope: string;
  #isTold = false;

  constructor(scope: string, config: pg.QueryConfig, callback: Callback) {
    // Also where it has no values: in the simple protocol it would go out alone.
    super({ ...config, queryMode: 'extended' }, callback);
    this.#scope = scope;
  }

  override prepare(connection: Wire): void {
    connection.bind({ portal: '', statement: TELL_SCOPE_NAME, values: [this.#scope] });
    connection.execute({ portal: '', rows: 0 });
    super.prepare(connection);
  }

  override handleDataRow(message: unknown): void {
    if (this.#isTold) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Wire): void {
    if (this.#isTold) super.handleCommandComplete(message, connection);
    this.#isTold = true;
  }
}
