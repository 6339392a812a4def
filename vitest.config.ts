import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    include: ['{src,test,examples,scripts,bench,web}/**/*.test.ts', 'sdk/{src,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
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
  },
});
