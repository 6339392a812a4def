import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  // Started by themselves: processes, scripts, and what a browser loads. `bin` and the tests knip finds by itself.
  entry: [
    'src/**/main.ts',
    'web/*/*.js',
    'web/admin/main.tsx',
    'examples/*/*.js',
    'examples/*/main.ts',
    'examples/receivers/node/{main,express}.ts',
    'sdk/src/tollgate.ts',
    'scripts/*.ts',
    'bench/*.ts',
  ],
  project: ['{bin,src,web,sdk/src,examples,bench,scripts,test}/**/*.{ts,tsx,js}'],
  // From Debian's postgresql-contrib and caddy; the bench has a driver of its own, and the test is skipped, where missing.
  ignoreBinaries: ['pgbench', 'caddy'],
  // A type that only its own file uses may still be exported: it names a part of an exported signature.
  ignoreExportsUsedInFile: { interface: true, type: true },
};

export default config;
