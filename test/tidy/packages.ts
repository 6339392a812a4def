import { type Finding, lineAt, type SourceFile } from './source.ts';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, Manifest & { readonly resolved?: string }>>;
}

/** One version each, so that two installations of one commit are the same. */
export function exactVersions(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) => /(?:^|\/)package\.json$/.test(path))
    .flatMap((file) => {
      const manifest: Manifest = JSON.parse(file.text);
      const groups = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies];
      return groups.flatMap((group) =>
        Object.entries(group ?? {}).flatMap(([name, version]) =>
          /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(version)
            ? []
            : [findingAt(file, `"${name}"`, 'exact-versions', `${name} is “${version}”: write the one exact version`)],
        ),
      );
    });
}

/**
 * The lock names no host, so that it installs from any registry; and it holds every platform's packages,
 * because npm leaves out, or fails on, what the machine that wrote the lock did not need.
 */
export function lockFile(files: readonly SourceFile[]): Finding[] {
  const file = files.find(({ path }) => path === 'package-lock.json');
  if (!file) return [{ path: 'package-lock.json', line: 1, rule: 'lock-file', message: 'is missing: run npm install' }];
  const { packages }: Lock = JSON.parse(file.text);
  return Object.entries(packages).flatMap(([path, entry]) => {
    const found: Finding[] = [];
    if (entry.resolved !== undefined) {
      const message = `${path} has “resolved”: write the lock with omit-lockfile-registry-resolved=true (.npmrc)`;
      found.push(findingAt(file, `"${path}"`, 'lock-file', message));
    }
    const missing = Object.keys(entry.optionalDependencies ?? {}).filter((name) => !isLocked(packages, path, name));
    if (missing.length > 0) {
      const message = `${path || 'package.json'} lacks ${missing.join(', ')}: write the lock anew where these can be had`;
      found.push(findingAt(file, `"${path}"`, 'lock-file', message));
    }
    return found;
  });
}

/** Whoever adds a dependency of the running server has said why, under which license, and who looks after it. */
export function dependencyDecisions(files: readonly SourceFile[]): Finding[] {
  const file = files.find(({ path }) => path === 'package.json');
  if (!file) return [{ path: 'package.json', line: 1, rule: 'dependency-decisions', message: 'is missing' }];
  const manifest: Manifest = JSON.parse(file.text);
  const decisions = files.filter(({ path }) => /^docs\/decisions\/\d{4}-[a-z0-9-]+\.md$/.test(path));
  return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).flatMap((name) => {
    if (decisions.some(({ text }) => text.includes(`\`${name}\``))) return [];
    const message = `no file in docs/decisions names \`${name}\`: write down why it, its license, who maintains it`;
    return [findingAt(file, `"${name}"`, 'dependency-decisions', message)];
  });
}

/** Node's way of looking: in the package's own node_modules, then in those of the folders above. */
function isLocked(packages: Lock['packages'], from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (`${folder}${folder && '/'}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}

function findingAt(file: SourceFile, needle: string, rule: string, message: string): Finding {
  return { path: file.path, line: lineAt(file.text, Math.max(0, file.text.indexOf(needle))), rule, message };
}
