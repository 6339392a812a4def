import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig, VARIABLE_NAMES } from '../src/config.ts';

/** No container engine is asked: what can be wrong without one is compared here. */
interface Service {
  readonly image: string;
  readonly build?: string;
  readonly user: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean; readonly ipam?: unknown }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const compose = parse(readFileSync('compose.yaml', 'utf8'), { merge: true }) as Compose;
const caddyfile = readFileSync('Caddyfile', 'utf8');
const dockerfile = readFileSync('Dockerfile', 'utf8');
const services = Object.entries(compose.services);
const tollgates = services.filter(([, { image }]) => image === 'tollgate');
const HOSTS = {
  API_HOST: 'api.gate.example',
  CHECKOUT_HOST: 'secure.gate.example',
  HOOKS_HOST: 'webhook.gate.example',
  ADMIN_HOST: 'panel.gate.example',
};

/** As Compose fills it in from .env. @throws Error for what .env must name and does not */
function filledIn(text: string): string {
  return text.replace(/\$\{(\w+)(?::-([^}]*)|:\?)?\}/g, (_all, name: string, preset: string | undefined) => {
    const value = (HOSTS as Readonly<Record<string, string>>)[name] ?? preset;
    if (value === undefined) throw new Error(`${name} has no value`);
    return value;
  });
}

const environmentOf = ({ environment = {} }: Service) =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filledIn(String(value))]));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-compose-'));
  cpSync('deploy/make-secrets.sh', join(folder, 'make-secrets.sh'));
  execFileSync('sh', [join(folder, 'make-secrets.sh')]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The environment with the secrets where the script put them, instead of where they are mounted. */
function withSecrets(service: Service): Record<string, string> {
  const entries = Object.entries(environmentOf(service));
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value.replace(/^\/run\/secrets\//, `${folder}/secrets/`)]),
  );
}

describe('compose.yaml', () => {
  it.each(tollgates)('%s is told nothing but what the program reads, and the program takes it', (_name, service) => {
    for (const name of Object.keys(environmentOf(service))) {
      expect(VARIABLE_NAMES).toContain(name.replace(/_FILE$/, ''));
    }
    const config = readConfig(withSecrets(service));
    expect(config).toMatchObject({ demo: false, hasOwnHosts: true, allowPrivateTargets: false, sandboxPort: 0 });
    expect(config.urls.api).toBe('https://api.gate.example');
    expect(config.databaseUrl).toMatch(/^postgres:\/\/tollgate_gateway:[0-9a-f]{64}@postgres\/tollgate$/);
  });

  it('plays every role that serves something, each in a container of its own', () => {
    const roles = ['api', 'checkout', 'hooks', 'worker'];
    for (const role of roles) {
      expect(readConfig(withSecrets(compose.services[role] as Service)).roles).toEqual([role]);
    }
  });

  it('migrates as the owner before anything else starts, and nobody else has the owner’s address', () => {
    const { migrate } = compose.services;
    expect(readConfig(withSecrets(migrate as Service)).databaseMigrateUrl).toMatch(/\/\/tollgate_owner:/);
    for (const [name, service] of tollgates) {
      if (name === 'migrate') continue;
      expect(service.secrets).not.toContain('database-migrate-url');
      expect(service.depends_on?.migrate?.condition).toBe('service_completed_successfully');
    }
  });

  it.each(services)(
    '%s mounts every secret that it names, and every secret is made by the script',
    (_name, service) => {
      const named = Object.values(environmentOf(service)).flatMap(
        (value) => /^\/run\/secrets\/(.+)$/.exec(value)?.[1] ?? [],
      );
      for (const secret of named) expect(service.secrets ?? []).toContain(secret);
      for (const secret of service.secrets ?? []) {
        const made = join(folder, compose.secrets[secret]?.file.replace('./deploy/', '') ?? '');
        expect(readFileSync(made, 'utf8')).toMatch(/[0-9a-f]{64}/);
      }
    },
  );

  it.each(services)('%s is not root, writes nowhere but to its volumes, and can gain no rights', (name, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    if (name === 'storage') expect(service).toMatchObject({ cap_add: ['CHOWN'], network_mode: 'none', restart: 'no' });
    else expect([/^(0|root)\b/.test(service.user), service.cap_add]).toEqual([false, undefined]);
  });

  it.each(services)('%s names only what there is, and says whether it is well', (name, service) => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(Object.keys(compose.services)).toContain(other);
      const ends = compose.services[other]?.restart === 'no';
      expect(condition).toBe(ends ? 'service_completed_successfully' : 'service_healthy');
      if (!ends) expect(compose.services[other]?.healthcheck).toBeDefined();
    }
    for (const network of service.networks ?? []) expect(Object.keys(compose.networks)).toContain(network);
    for (const volume of service.volumes ?? []) {
      const [from = ''] = volume.split(':');
      if (from.startsWith('.')) expect(existsSync(from)).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(from);
    }
    if (service.restart !== 'no' && name !== 'certificates') expect(service.healthcheck?.test[0]).toBe('CMD');
  });

  it('lets nobody in but by Caddy, and keeps the database and the internal port from the world', () => {
    for (const [name, { ports }] of services) expect([name, ports !== undefined]).toEqual([name, name === 'caddy']);
    expect(compose.networks.data?.internal).toBe(true);
    expect(compose.services.postgres?.networks).toEqual(['data']);
    const { HTTP_PORT, HTTPS_PORT } = environmentOf(compose.services.caddy as Service);
    expect(compose.services.caddy?.ports).toEqual([`80:${HTTP_PORT}`, `443:${HTTPS_PORT}`, `443:${HTTPS_PORT}/udp`]);
    const { TOLLGATE_TRUST_PROXY } = environmentOf(compose.services.api as Service);
    expect(JSON.stringify(compose.networks.edge?.ipam)).toContain(TOLLGATE_TRUST_PROXY);
  });

  it('S4.1 tells Caddy every variable of the Caddyfile and no other, and leads it to where roles listen', () => {
    const caddy = environmentOf(compose.services.caddy as Service);
    const asked = new Set([...caddyfile.matchAll(/\{\$(\w+)(?::[^}]*)?\}/g)].map(([, name]) => name));
    const told = Object.keys(caddy).filter((name) => !name.startsWith('XDG_'));
    expect(told.sort()).toEqual([...asked].sort());
    for (const name of ['API_UPSTREAM', 'CHECKOUT_UPSTREAM', 'HOOKS_UPSTREAM', 'TOLLGATE_INTERNAL']) {
      const [service = '', port] = (caddy[name] ?? '').split(':');
      const config = readConfig(withSecrets(compose.services[service] as Service));
      expect([name, Number(port)]).toEqual([name, name === 'TOLLGATE_INTERNAL' ? config.internalPort : config.port]);
      expect(compose.services[service]?.networks).toContain('edge');
      expect(name === 'TOLLGATE_INTERNAL' || name.startsWith(service.toUpperCase())).toBe(true);
      expect([config.host, config.internalHost]).toEqual(['0.0.0.0', '0.0.0.0']);
    }
  });

  it('keeps the folder in which Caddy has its certificates, as the same user', () => {
    const { caddy, certificates } = compose.services;
    expect(certificates?.command).toEqual([
      'certificates',
      'sync',
      '--storage',
      `${environmentOf(caddy as Service).XDG_DATA_HOME}/caddy`,
    ]);
    expect(certificates?.user).toBe(caddy?.user);
    for (const service of [caddy, certificates]) expect(service?.volumes).toContain('caddy-data:/data');
  });
});

test('the script makes secrets once, for nobody else to read', () => {
  const before = readFileSync(join(folder, 'secrets/master-key'), 'utf8');
  expect(() => execFileSync('sh', [join(folder, 'make-secrets.sh')], { stdio: 'ignore' })).toThrow();
  expect(readFileSync(join(folder, 'secrets/master-key'), 'utf8')).toBe(before);
  expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder).sort()).toEqual(['make-secrets.sh', 'secrets']);
  expect(readFileSync('.gitignore', 'utf8')).toContain('deploy/secrets');
});

describe('the Dockerfile', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from = '']) => from.split(' '));

  it('copies only what there is, and what is let into its context', () => {
    const context = readFileSync('.dockerignore', 'utf8').split('\n');
    for (const path of copied) {
      expect(existsSync(path), path).toBe(true);
      expect(context, path).toContain(`!${path}`);
    }
  });

  it('copies every folder that the program is made of, and runs it as nobody in particular', () => {
    const folders = new Set([...filesFrom('bin/tollgate.ts')].map((path) => path.split('/')[0] ?? ''));
    for (const needed of [...folders, 'db', 'openapi', 'web']) expect(copied).toContain(needed);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile.lastIndexOf('COPY')).toBeLessThan(dockerfile.indexOf('USER node'));
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node", "\/app\/bin\/tollgate\.ts"\]$/m);
  });
});

/** A file, and every file of the repository that it imports by a relative path, on and on. */
function filesFrom(path: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(path)) return found;
  found.add(path);
  const text = readFileSync(path, 'utf8');
  for (const [, target = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    filesFrom(normalize(join(dirname(path), target)), found);
  }
  return found;
}
