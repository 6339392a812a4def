import { globSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/**
 * Files that compute, and at most speak with servers that they start and end themselves: they leave nothing behind, so
 * that they may share a process. Starting one and loading what they have in common takes longer than most of them.
 */
const sharing = globSync(
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
    // Processes, not threads: a native crash or a leaked handle stays with the file that caused it.
    pool: 'forks',
    // Each worker holds a database and perhaps a browser; two is what the smallest build machine carries.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A forgotten `.only` would let everything else pass unseen.
    allowOnly: false,
    // .ci/run counts from the second.
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
    projects: [
      {
        extends: true,
        // They wait more than they work: for time-outs, and for whoever is slow on purpose.
        test: { name: 'sharing', include: sharing, isolate: false, maxWorkers: 4, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'apart',
          sequence: { groupOrder: 1 },
          globalSetup: ['test/support/global-setup.ts'],
          include: ['{src,test,examples,scripts,bench,web}/**/*.test.ts', 'sdk/{src,test}/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...sharing],
        },
      },
    ],
  },
});
