import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { ADDRESS_VARIABLES } from './platform/address-settings.ts';
import { MASTER_KEY_VARIABLES, type MasterKeySettings, masterKeysOf } from './platform/master-key-settings.ts';
import { OIDC_VARIABLES, type OidcSettings, oidcOf } from './platform/oidc-settings.ts';
import {
  RATE_LIMIT_VARIABLES,
  type RateLimitSettings,
  rateLimitsOf,
} from './platform/rate-limit/rate-limit-settings.ts';
import { parseSmtpUrl, type SmtpServer, smtpOf } from './platform/smtp-server.ts';

/** What an operator sets; the only reader of the environment. Every value also as `NAME_FILE`, the path of a file. */
export interface Config {
  /** null: PostgreSQL is started by us, in the data directory. */
  readonly databaseUrl: string | null;
  /** The same database as the owner of its tables, who migrates; null: the running role does, or somebody did. */
  readonly databaseMigrateUrl: string | null;
  readonly host: string;
  readonly port: number;
  /** Loopback unless the proxy that asks is on another machine or in another container. */
  readonly internalHost: string;
  readonly internalPort: number;
  /** 0: no demo shop. */
  readonly shopPort: number;
  /** 0: no sandbox in this process. */
  readonly sandboxPort: number;
  readonly sandboxUrl: string | null;
  /** Providers whose simulators this process runs for the demo tenant. */
  readonly simulators: readonly Simulator[];
  readonly roles: readonly Role[];
  readonly dataDir: string;
  /** The primary one; null: the one in the data directory. */
  readonly masterKey: string | null;
  readonly masterKeys: MasterKeySettings;
  readonly urls: { readonly api: string; readonly checkout: string; readonly hooks: string; readonly admin: string };
  /** Whether any of the four was given a name; then each role answers on its own host alone. */
  readonly hasOwnHosts: boolean;
  /** Asked for the records that prove domains; null: those of the machine. */
  readonly dnsServers: readonly string[] | null;
  readonly allowPrivateTargets: boolean;
  readonly trustProxy: boolean | readonly string[];
  /** Where our requests to tenants come from, by mode; what is published, so that receivers may let nobody else in. */
  readonly egressAddresses: { readonly live: readonly string[]; readonly test: readonly string[] };
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly otelEndpoint: string | null;
  /** Who takes our mails, and whom they come from; null: they stay in their table. */
  readonly smtp: { readonly server: SmtpServer; readonly from: string } | null;
  /** Who is told of what concerns the whole installation. */
  readonly operatorEmail: string | null;
  readonly oidc: OidcSettings | null;
  /** Whether dangerous acts of those who run the installation need a second one of them: people's, or keys' as well. */
  readonly operatorFourEyes: 'off' | 'people' | 'all';
  readonly demo: boolean;
  readonly databaseConnectionsMax: number;
  /** How many days events, deliveries and notifications are kept: unless a tenant says otherwise, and at most. */
  readonly retention: { readonly days: number; readonly daysMax: number };
  readonly rateLimits: RateLimitSettings;
  /** Where signed checkpoints of the audit record are written to; null: nowhere but the database. */
  readonly auditCheckpointsDir: string | null;
  /** Whether the operator is mailed the digest of a checkpoint each day. */
  readonly auditCheckpointsMail: boolean;
}

export const ROLES = ['api', 'checkout', 'hooks', 'admin', 'worker'] as const;
export type Role = (typeof ROLES)[number];

export const SIMULATORS = ['stripe', 'bluesnap', 'scantopay', 'partner'] as const;
export type Simulator = (typeof SIMULATORS)[number];

/** Thrown with one line for every broken variable: its name and the rule, never the value. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused';
}

const port = z.coerce.number('Must be a port number').int().min(0).max(65_535, 'Must be a port number from 0 to 65535');
const flag = z
  .enum(['true', 'false', '1', '0'], 'Must be true or false')
  .transform((text) => text === 'true' || text === '1');
const baseUrl = z
  .url({ protocol: /^https?$/, error: 'Must be an http or https address' })
  .transform((text) => text.replace(/\/+$/, ''));
/** Below a month the database refuses to drop anything; ten years are what a ledger is asked for at most. */
const retentionDays = z.coerce.number('Must be a number of days').int().min(30, 'Must be 30 or more').max(3_660);
const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'Must be an address that begins with postgres://');

const variables = z.object({
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_MIGRATE_URL: postgresUrl.optional(),
  PORT: port.default(8080),
  HOST: z.string().min(1).default('127.0.0.1'),
  TOLLGATE_INTERNAL_HOST: z.string().min(1).default('127.0.0.1'),
  TOLLGATE_INTERNAL_PORT: port.default(9090),
  TOLLGATE_SHOP_PORT: port.default(8081),
  TOLLGATE_SANDBOX_PORT: port.optional(),
  TOLLGATE_SANDBOX_URL: baseUrl.optional(),
  TOLLGATE_SIMULATORS: z
    .string()
    .transform((text) => (text === 'none' ? [] : text.split(',').map((name) => name.trim())))
    .pipe(z.array(z.enum(SIMULATORS, `Must be none, or a comma-separated list of ${SIMULATORS.join(', ')}`)))
    .optional(),
  TOLLGATE_ROLES: z
    .string()
    .default(ROLES.join(','))
    .transform((text) => text.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(ROLES, `Must be a comma-separated list of ${ROLES.join(', ')}`)).min(1)),
  TOLLGATE_DATA_DIR: z.string().min(1).default('.tollgate'),
  ...MASTER_KEY_VARIABLES,
  TOLLGATE_API_URL: baseUrl.optional(),
  TOLLGATE_API_KEY: z.string().min(1).optional(),
  TOLLGATE_CHECKOUT_URL: baseUrl.optional(),
  TOLLGATE_HOOKS_URL: baseUrl.optional(),
  TOLLGATE_ADMIN_URL: baseUrl.optional(),
  ...ADDRESS_VARIABLES,
  TOLLGATE_ALLOW_PRIVATE_TARGETS: flag.optional(),
  TOLLGATE_TRUST_PROXY: z.string().default('false'),
  TOLLGATE_DEMO: flag.optional(),
  ...RATE_LIMIT_VARIABLES,
  ...OIDC_VARIABLES,
  TOLLGATE_DATABASE_CONNECTIONS: z.coerce.number('Must be a number').int().min(2).max(500).default(20),
  TOLLGATE_RETENTION_DAYS: retentionDays.default(180),
  TOLLGATE_RETENTION_DAYS_MAX: retentionDays.optional(),
  TOLLGATE_AUDIT_CHECKPOINTS_DIR: z.string().min(1).optional(),
  TOLLGATE_AUDIT_CHECKPOINTS_MAIL: flag.default(false),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'Must be debug, info, warn, error or silent')
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: baseUrl.optional(),
  SMTP_URL: z
    .string()
    .transform(parseSmtpUrl)
    .refine((server) => server !== null, 'Must be an address such as smtps://user:password@mail.example')
    .optional(),
  SMTP_FROM: z.email('Must be an e-mail address').optional(),
  TOLLGATE_OPERATOR_EMAIL: z.email('Must be an e-mail address').optional(),
  TOLLGATE_OPERATOR_FOUR_EYES: z.enum(['off', 'people', 'all'], 'Must be off, people or all').default('off'),
});

/** What may be set; each also with `_FILE` behind it. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(variables.shape);

/**
 * Parses the environment once. All faults are told at once.
 * @throws ConfigRefused
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const faults: string[] = [];
  const values = readValues(environment, faults);
  const parsed = variables.safeParse(values);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) faults.push(`${String(path[0])}: ${message}`);
  }
  if (faults.length > 0 || !parsed.success) throw new ConfigRefused(faults.join('\n'));
  const set = parsed.data;
  const databaseUrl = set.DATABASE_URL ?? null;
  const demo = set.TOLLGATE_DEMO ?? databaseUrl === null;
  const own = ownUrl(set.HOST, set.PORT);
  if (databaseUrl !== null && set.TOLLGATE_MASTER_KEY === undefined) {
    throw new ConfigRefused(
      'TOLLGATE_MASTER_KEY: Must be set where DATABASE_URL is; losing it loses every sealed secret',
    );
  }
  if (databaseUrl === null && set.DATABASE_MIGRATE_URL !== undefined) {
    throw new ConfigRefused('DATABASE_MIGRATE_URL: Must come with DATABASE_URL, which names the same database');
  }
  const allowPrivateTargets = set.TOLLGATE_ALLOW_PRIVATE_TARGETS ?? demo;
  // They listen on loopback, and their accounts are the demo tenant's.
  const mayDemonstrate = demo && allowPrivateTargets;
  if (!mayDemonstrate && (set.TOLLGATE_SIMULATORS ?? []).length > 0) {
    throw new ConfigRefused('TOLLGATE_SIMULATORS: Must come with the demo, and with private targets allowed in it');
  }
  return {
    databaseUrl,
    databaseMigrateUrl: set.DATABASE_MIGRATE_URL ?? null,
    host: set.HOST,
    port: set.PORT,
    internalHost: set.TOLLGATE_INTERNAL_HOST,
    internalPort: set.TOLLGATE_INTERNAL_PORT,
    shopPort: set.TOLLGATE_SHOP_PORT,
    // In a real installation nobody plays the bank unless told to.
    sandboxPort: set.TOLLGATE_SANDBOX_PORT ?? (demo ? 8082 : 0),
    sandboxUrl: set.TOLLGATE_SANDBOX_URL ?? null,
    simulators: set.TOLLGATE_SIMULATORS ?? (mayDemonstrate ? SIMULATORS : []),
    roles: set.TOLLGATE_ROLES,
    dataDir: isAbsolute(set.TOLLGATE_DATA_DIR) ? set.TOLLGATE_DATA_DIR : resolve(set.TOLLGATE_DATA_DIR),
    masterKey: set.TOLLGATE_MASTER_KEY ?? null,
    masterKeys: masterKeysFrom(set),
    urls: urlsOf(set),
    hasOwnHosts: [set.TOLLGATE_API_URL, set.TOLLGATE_CHECKOUT_URL, set.TOLLGATE_HOOKS_URL, set.TOLLGATE_ADMIN_URL].some(
      (url) => url !== undefined,
    ),
    dnsServers: set.TOLLGATE_DNS_SERVERS ?? null,
    allowPrivateTargets,
    trustProxy: trustProxyOf(set.TOLLGATE_TRUST_PROXY),
    egressAddresses: {
      live: set.TOLLGATE_EGRESS_ADDRESSES_LIVE ?? [],
      test: set.TOLLGATE_EGRESS_ADDRESSES_TEST ?? [],
    },
    // Who tries it out wants to see the shop's address, not the requests.
    logLevel: set.LOG_LEVEL ?? (demo ? 'warn' : 'info'),
    otelEndpoint: set.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    smtp: smtpOf(set.SMTP_URL ?? null, set.SMTP_FROM ?? null, set.TOLLGATE_API_URL ?? own),
    operatorEmail: set.TOLLGATE_OPERATOR_EMAIL ?? null,
    oidc: oidcOf(set, ConfigRefused),
    operatorFourEyes: set.TOLLGATE_OPERATOR_FOUR_EYES,
    demo,
    databaseConnectionsMax: set.TOLLGATE_DATABASE_CONNECTIONS,
    retention: retentionOf(set.TOLLGATE_RETENTION_DAYS, set.TOLLGATE_RETENTION_DAYS_MAX),
    rateLimits: rateLimitsOf(set),
    auditCheckpointsDir:
      set.TOLLGATE_AUDIT_CHECKPOINTS_DIR === undefined ? null : resolve(set.TOLLGATE_AUDIT_CHECKPOINTS_DIR),
    auditCheckpointsMail: set.TOLLGATE_AUDIT_CHECKPOINTS_MAIL,
  };
}

function urlsOf(set: z.output<typeof variables>): Config['urls'] {
  const own = ownUrl(set.HOST, set.PORT);
  return {
    api: set.TOLLGATE_API_URL ?? own,
    checkout: set.TOLLGATE_CHECKOUT_URL ?? own,
    hooks: set.TOLLGATE_HOOKS_URL ?? own,
    // Browsers make passkeys for names alone, and this one is the machine's own.
    admin: set.TOLLGATE_ADMIN_URL ?? ownUrl(set.HOST === '127.0.0.1' ? 'localhost' : set.HOST, set.PORT),
  };
}

function masterKeysFrom(set: Parameters<typeof masterKeysOf>[0]): MasterKeySettings {
  const { settings, faults } = masterKeysOf(set);
  if (faults.length > 0) throw new ConfigRefused(faults.join('\n'));
  return settings;
}

/** How a command reaches the API of an installation, here or elsewhere. */
export interface ApiAccess {
  readonly apiUrl: string;
  /** null: none is set; the demo tenant's may stand in the data directory. */
  readonly apiKey: string | null;
  readonly dataDir: string;
}

/**
 * What commands need that work through the API: neither a database nor a master key.
 * @throws ConfigRefused
 */
export function readApiAccess(environment: Readonly<Record<string, string | undefined>> = process.env): ApiAccess {
  const faults: string[] = [];
  const parsed = variables
    .pick({ PORT: true, HOST: true, TOLLGATE_API_URL: true, TOLLGATE_API_KEY: true, TOLLGATE_DATA_DIR: true })
    .safeParse(readValues(environment, faults));
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) faults.push(`${String(path[0])}: ${message}`);
  }
  if (faults.length > 0 || !parsed.success) throw new ConfigRefused(faults.join('\n'));
  const { PORT, HOST, TOLLGATE_API_URL, TOLLGATE_API_KEY, TOLLGATE_DATA_DIR } = parsed.data;
  return {
    apiUrl: TOLLGATE_API_URL ?? ownUrl(HOST, PORT),
    apiKey: TOLLGATE_API_KEY ?? null,
    dataDir: resolve(TOLLGATE_DATA_DIR),
  };
}

function ownUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** `NAME_FILE` wins over nothing: naming both is a fault, since one of them would be silently ignored. */
function readValues(
  environment: Readonly<Record<string, string | undefined>>,
  faults: string[],
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of Object.keys(variables.shape)) {
    const direct = environment[name];
    const file = environment[`${name}_FILE`];
    if (direct !== undefined && file !== undefined) faults.push(`${name}: Set it or ${name}_FILE, not both`);
    else if (direct !== undefined && direct !== '') values[name] = direct;
    else if (file !== undefined) {
      try {
        values[name] = readFileSync(file, 'utf8').trim();
      } catch {
        faults.push(`${name}_FILE: The file cannot be read`);
      }
    }
  }
  return values;
}

function retentionOf(days: number, daysMax = Math.max(400, days)): Config['retention'] {
  if (daysMax >= days) return { days, daysMax };
  throw new ConfigRefused('TOLLGATE_RETENTION_DAYS_MAX: Must not be less than TOLLGATE_RETENTION_DAYS');
}

function trustProxyOf(text: string): boolean | readonly string[] {
  if (text === 'true') return true;
  if (text === 'false' || text === '') return false;
  return text.split(',').map((part) => part.trim());
}
