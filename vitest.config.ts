import { globSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** Files that compute, and at most speak with servers that they start and end themselves: no database is started for them. */
const bare = globSync(
  [
    'src/{certification,disputes,kernel,limits,partners,payments,providers,qr-codes,reconciliation,routing}/**/*.test.ts',
    '{sdk/src,src/checkout/page,src/notifications/dialects,test/tidy,web}/**/*.test.ts',
  ],
  {
    // These have a browser, a database or processes of their own.
    exclude: [
      'sdk/src/{hostile-webhooks,package}.test.ts',
      'src/certification/{listen-for-notifications,render-report}.test.ts',
      'src/checkout/page/{island,page-in-browser}.test.ts',
      'src/providers/**/main.test.ts',
      'test/tidy/{bans,layers,repository}.test.ts',
    ],
  },
);

export default defineConfig({
  test: {
    // Processes, not threads: a native crash stays with the worker that caused it.
    pool: 'forks',
    // Files share their worker's process, one after the other: to start one and to load the gateway takes longer than most
    // of them. Each has a database of its own and ends what it has started.
    isolate: false,
    // One more than the smallest build machine has cores, since many wait: for time-outs, and for processes to start.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // As long as `until` of test/support waits: a busy machine takes more than the second that is given otherwise.
    expect: { poll: { timeout: 10_000 } },
    // A forgotten `.only` would let everything else pass unseen.
    allowOnly: false,
    // .ci/run counts from the second.
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
    projects: [
      { extends: true, test: { name: 'bare', include: bare } },
      {
        extends: true,
        test: {
          name: 'with database',
          globalSetup: ['test/support/global-setup.ts'],
          include: ['{src,test,examples,scripts,bench,web}/**/*.test.ts', 'sdk/{src,test}/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...bare],
        },
      },
    ],
  },
});
