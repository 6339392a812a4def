import { posix } from 'node:path';
import { SLICES } from './slices.ts';
import { type Finding, isCode, isTest, type SourceFile } from './source.ts';
import { importsOf } from './syntax.ts';

type Layer =
  | 'kernel'
  | 'outbound'
  | 'platform'
  | 'contract'
  | 'adapter'
  | 'registry'
  | 'slice'
  | 'config'
  | 'roles'
  | 'bin'
  | 'web'
  | 'sdk'
  | 'examples';

interface Place {
  /** `elsewhere`: bench, scripts and the settings of tools, which may look anywhere. */
  readonly layer: Layer | 'elsewhere';
  /** The slice or the adapter, where there are several of a layer. */
  readonly name: string;
}

/** Whom each layer may import. */
const SEES: Readonly<Record<Layer, readonly Place['layer'][]>> = {
  kernel: ['kernel'],
  outbound: ['kernel', 'platform', 'outbound'],
  platform: ['kernel', 'platform', 'outbound'],
  contract: ['kernel', 'outbound', 'contract'],
  adapter: ['kernel', 'outbound', 'contract', 'adapter'],
  registry: ['kernel', 'outbound', 'contract', 'adapter', 'registry'],
  slice: ['kernel', 'platform', 'outbound', 'contract', 'registry', 'slice'],
  config: ['kernel', 'platform', 'outbound', 'config'],
  roles: ['kernel', 'platform', 'outbound', 'contract', 'registry', 'slice', 'config', 'roles'],
  // The demo shop is started by `tollgate start`, as a part of the demonstration.
  bin: ['kernel', 'platform', 'outbound', 'contract', 'registry', 'slice', 'config', 'roles', 'bin', 'examples'],
  // The generated client is how any program calls the API, and the panel is one.
  web: ['kernel', 'slice', 'web', 'sdk'],
  sdk: ['kernel', 'slice', 'sdk'],
  examples: ['sdk', 'examples'],
};

const INSTEAD: Readonly<Record<Layer, string>> = {
  kernel: 'the kernel imports nothing but itself: pass the value in, or move this file to platform',
  outbound: 'platform knows no payment words: move the payment part into a slice',
  platform: 'platform knows no payment words: move the payment part into a slice',
  contract: 'the provider contract sees kernel and platform/outbound-http.ts only',
  adapter:
    'a provider sees provider.ts, kernel and platform/outbound-http.ts only: what it needs comes in ProviderCall',
  registry: 'registry.ts lists providers and does nothing else',
  slice: 'a slice sees other slices, the provider contract and registry, platform and kernel: take it as a parameter',
  config: 'config.ts turns the environment into values and starts nothing',
  roles: 'roles put slices together; providers are reached through providers/registry.ts',
  bin: 'commands call roles and slices; providers are reached through providers/registry.ts',
  web: "pages see src/*/api.ts, noun files, kernel and the SDK: ask the server through the slice's api.ts",
  sdk: 'the SDK sees src/*/api.ts, noun files and kernel',
  examples: 'examples use the SDK only, as any reader of them would',
};

/** Folders import downwards only: bin → roles → slices → providers → platform → kernel. */
export function folderDirection(files: readonly SourceFile[]): Finding[] {
  const findings: Finding[] = [];
  for (const file of files) {
    if (!isCode(file.path) || isTest(file.path)) continue;
    const { layer, name } = placeOf(file.path);
    if (layer === 'elsewhere') {
      if (file.path.startsWith('src/')) findings.push(finding(file, 1, 'only config.ts lies directly in src'));
      continue;
    }
    if (layer === 'slice' && !(name in SLICES)) {
      findings.push(finding(file, 1, `src/${name} is no known slice: add it to test/tidy/slices.ts`));
    }
    for (const { specifier, line } of importsOf(file)) {
      if (!specifier.startsWith('.')) continue;
      const target = posix.join(posix.dirname(file.path), specifier);
      const refusal = refusalOf(layer, name, target);
      if (refusal) findings.push(finding(file, line, `imports ${target}: ${refusal}`));
    }
  }
  return findings;
}

function finding(file: SourceFile, line: number, message: string): Finding {
  return { path: file.path, line, rule: 'folder-direction', message };
}

function refusalOf(layer: Layer, name: string, target: string): string | null {
  if (isTest(target)) return 'code does not depend on tests: move the shared part out of the test';
  const to = placeOf(target);
  if (!SEES[layer].includes(to.layer)) return INSTEAD[layer];
  if (to.layer === 'adapter') return layer === 'registry' || name === to.name ? null : INSTEAD[layer];
  if (to.layer !== 'slice') return null;
  if (layer === 'slice') return refusalBetweenSlices(name, to.name, posix.basename(target));
  if (layer === 'web' || layer === 'sdk') return isWords(target) ? null : INSTEAD[layer];
  return isStore(target) ? 'a store is private: call a verb of its slice' : null;
}

function refusalBetweenSlices(from: string, to: string, fileName: string): string | null {
  if (from === to) return null;
  if (isStore(fileName) || fileName === 'routes.ts') return `private to ${to}: call one of its verbs`;
  if (SLICES[from]?.sees.includes(to)) return null;
  return `${from} may not see ${to}: take it as a parameter, or add it to test/tidy/slices.ts if no cycle comes of it`;
}

/** Whether a file holds only words (shapes, states), so that a browser can have it too. */
function isWords(target: string): boolean {
  const [, slice = '', name = '', ...deeper] = target.split('/');
  if (deeper.length > 0) return false;
  return name === 'api.ts' || (SLICES[slice]?.nouns ?? []).includes(name.replace(/\.ts$/, ''));
}

/** The contract in its parts, what every adapter reads an answer with, and what every simulator listens with. */
const CONTRACT: readonly string[] = [
  'src/providers/provider.ts',
  'src/providers/provider-capabilities.ts',
  'src/providers/provider-instrument.ts',
  'src/providers/provider-limits.ts',
  'src/providers/provider-card-fields.ts',
  'src/providers/provider-refusal.ts',
  'src/providers/provider-mode-faults.ts',
  'src/providers/provider-certification.ts',
  'src/providers/provider-webhook.ts',
  'src/providers/provider-evidence.ts',
  'src/providers/provider-settlement.ts',
  'src/providers/read-answer.ts',
  'src/providers/second-party.ts',
];

/** How signed partner gateways look on the wire, as data: read by their adapter, and by those who speak like one. */
const PROFILES = 'src/providers/partner-profiles/';

/** Where a path lies. Pure; the file need not exist. */
export function placeOf(path: string): Place {
  const [top = '', folder = '', ...rest] = path.split('/');
  if (top !== 'src') {
    const layer = (['bin', 'web', 'sdk', 'examples'] as const).find((each) => each === top);
    return { layer: layer ?? 'elsewhere', name: folder };
  }
  if (path === 'src/config.ts') return { layer: 'config', name: '' };
  if (path === 'src/platform/outbound-http.ts') return { layer: 'outbound', name: '' };
  if (CONTRACT.includes(path) || path.startsWith(PROFILES)) return { layer: 'contract', name: '' };
  if (path === 'src/providers/registry.ts') return { layer: 'registry', name: '' };
  if (folder === 'providers' && rest.length > 1) return { layer: 'adapter', name: rest[0] ?? '' };
  if (rest.length === 0) return { layer: 'elsewhere', name: folder };
  if (folder === 'kernel' || folder === 'platform' || folder === 'roles') return { layer: folder, name: '' };
  return { layer: 'slice', name: folder };
}

/** `store.ts` and its parts, `store-deliveries.ts`: all SQL of a slice, private to it. */
export function isStore(path: string): boolean {
  return /^store(-[a-z-]+)?\.ts$/.test(posix.basename(path));
}
