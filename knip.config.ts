import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  // Started by themselves: processes, scripts, and what a browser loads. `bin` and the tests knip finds by itself.
  entry: ['src/**/main.ts', 'web/*/*.js', 'examples/*/main.ts', 'scripts/*.ts', 'bench/*.ts'],
  project: ['{bin,src,web,sdk/src,examples,bench,scripts,test}/**/*.{ts,js}'],
  // A type that only its own file uses may still be exported: it names a part of an exported signature.
  ignoreExportsUsedInFile: { interface: true, type: true },
};

export default config;
