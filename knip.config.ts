import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  // Started by themselves: processes, scripts, and what a browser loads. `bin` and the tests knip finds by itself.
  entry: [
    'src/**/main.ts',
    'web/*/*.js',
    'examples/*/*.js',
    'examples/*/main.ts',
    'sdk/src/tollgate.ts',
    'scripts/*.ts',
    'bench/*.ts',
  ],
  project: ['{bin,src,web,sdk/src,examples,bench,scripts,test}/**/*.{ts,js}'],
  // From Debian's postgresql-contrib; the bench has a driver of its own where it is missing.
  ignoreBinaries: ['pgbench'],
  // Stand in package.json before what uses them: mail and its tests.
  ignoreDependencies: ['nodemailer', 'smtp-server', '@types/smtp-server'],
  // A type that only its own file uses may still be exported: it names a part of an exported signature.
  ignoreExportsUsedInFile: { interface: true, type: true },
};

export default config;
