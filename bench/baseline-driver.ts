/** What pgbench does, for machines without it: prepared statements over one connection a client, in a process of its own. */
import pg from 'pg';

export interface BaselineJob {
  readonly databaseUrl: string;
  readonly clients: number;
  readonly seconds: number;
  readonly firstKey: number;
  readonly keyStep: number;
  readonly values: Readonly<Record<string, string>>;
  /** The statements of one transaction; `n` among the names is the transaction's own key. */
  readonly statements: readonly { readonly text: string; readonly names: readonly string[] }[];
}

export interface BaselineResult {
  /** Committed transactions. */
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
}

process.once('message', (job: BaselineJob) => {
  run(job).then(
    (result) => process.send?.(result, () => process.disconnect?.()),
    (error: Error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
});

async function run(job: BaselineJob): Promise<BaselineResult> {
  const clients = Array.from({ length: job.clients }, () => new pg.Client({ connectionString: job.databaseUrl }));
  await Promise.all(clients.map((client) => client.connect()));
  const latenciesMs: number[] = [];
  const start = performance.now();
  const end = start + job.seconds * 1_000;
  await Promise.all(clients.map(writeUntilEnd));
  const perSecond = latenciesMs.length / ((performance.now() - start) / 1_000);
  await Promise.all(clients.map((client) => client.end()));
  return { perSecond, latenciesMs };

  async function writeUntilEnd(client: pg.Client, index: number): Promise<void> {
    for (let i = 1; performance.now() < end; i++) {
      const n = String(job.firstKey + index + i * job.keyStep);
      const begun = performance.now();
      for (const [number, { text, names }] of job.statements.entries()) {
        const values = names.map((name) => (name === 'n' ? n : job.values[name]));
        await client.query({ name: `s${number}`, text, values });
      }
      latenciesMs.push(performance.now() - begun);
    }
  }
}
