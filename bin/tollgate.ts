#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { ConfigRefused } from '../src/config.ts';
import { Problem } from '../src/kernel/problem.ts';

/** 0 done, 1 refused, 2 usage. */
const REFUSED = 1;
const USAGE = 2;

// Half of what a command takes is compiling. Beside the packages, as whoever writes there decides what runs anyway; the
// default is a folder that every user of the machine can write to. Where it cannot be written, nothing is kept.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/tollgate', import.meta.url)));

const program = new Command('tollgate')
  .description('A self-hosted payment gateway')
  // Options belong to the command they follow, also where commands lie in commands.
  .enablePositionalOptions()
  .exitOverride();

program
  .command('start')
  .description('start everything in this process (TOLLGATE_ROLES narrows it)')
  .option('--json', 'print one line of JSON when ready')
  .action(lazily(async () => (await import('./commands/start.ts')).runStart));
program
  .command('migrate')
  .description('bring the database schema up to date')
  .option('--json')
  .action(lazily(async () => (await import('./commands/migrate.ts')).runMigrate));

program
  .command('doctor')
  .description('look at everything an installation stands on; exit code 1 where something has failed')
  .option('--json')
  .action(lazily(async () => (await import('./commands/doctor.ts')).runDoctor));

const db = program.command('db').description('the database');
db.command('eject')
  .description('copy everything into another, empty PostgreSQL database')
  .requiredOption('--to <url>', 'where to, such as postgres://user@host/tollgate')
  .option('--json')
  .action(lazily(async () => (await import('./commands/eject-database.ts')).ejectDatabase));

const certificates = program.command('certificates').description('what proxies serve');
certificates
  .command('sync')
  .description('keep the storage folder of a Caddy and the database the same, for as long as this runs')
  .requiredOption('--storage <folder>', 'such as /data/caddy')
  .option('--once', 'look once and end')
  .option('--json', 'with --once: print what was shared as JSON')
  .action(lazily(async () => (await import('./commands/sync-certificates.ts')).runSyncCertificates));

const ledger = program.command('ledger').description('what the money is booked as');
ledger
  .command('verify')
  .description('prove every balance and posting from its sources; exit code 1 where anything differs')
  .option('--tenant <tenant>', 'only this one, by id or app name')
  .option('--json')
  .action(lazily(async () => (await import('./commands/verify-ledger.ts')).runVerifyLedger));

const audit = program.command('audit').description('who did what, and the proof of it');
audit
  .command('verify')
  .description('prove that nothing of the record was changed; exit code 1 where something was')
  .option('--tenant <tenant>', 'only this one, by id or app name; `system` for the installation')
  .option(
    '--checkpoints <path>',
    'signed copies from elsewhere: a file, or the folder of TOLLGATE_AUDIT_CHECKPOINTS_DIR',
  )
  .option('--key <file>', 'the public key that they must be signed with, as `audit key` prints it')
  .option('--json')
  .action(lazily(async () => (await import('./commands/audit.ts')).runVerifyAudit));
audit
  .command('key')
  .description('print the public keys that checkpoints are signed with')
  .option('--json')
  .action(lazily(async () => (await import('./commands/audit.ts')).runShowAuditKey));

const reconcile = program.command('reconcile').description("what providers' statements say, against the books");
reconcile
  .command('run')
  .description('read statements, compare, prove; exit code 1 where anything differs or could not be had')
  .option('--tenant <tenant>', 'only this one, by id or app name')
  .option('--account <id>', 'only this provider account')
  .option('--from <instant>', 'list from here, instead of from where the last listing ended')
  .option('--to <instant>', 'list up to here; now unless given')
  .option('--json')
  .action(lazily(async () => (await import('./commands/reconcile.ts')).runReconcile));

const tenants = program.command('tenants').description('merchants and product applications');
tenants
  .command('create')
  .description('create a tenant; its secrets are printed once')
  .requiredOption('--name <name>')
  .requiredOption('--app-name <name>', 'a-z 0-9 -')
  .requiredOption('--currency <code>', 'ISO 4217, such as EUR')
  .option('--parent <id>', 'a tenant that may act for this one')
  .option('--json')
  .action(lazily(async () => (await import('./commands/tenants.ts')).runCreateTenant));
tenants
  .command('list')
  .description('list tenants')
  .option('--json')
  .action(lazily(async () => (await import('./commands/tenants.ts')).runListTenants));
tenants
  .command('rotate-secret')
  .description('make a new app secret; the old one stays valid for the overlap')
  .argument('<tenant>', 'id or app name')
  .option('--mode <mode>', 'test or live', 'test')
  .option('--overlap <seconds>', 'how long the old one stays valid', '86400')
  .option('--json')
  .action(lazily(async () => (await import('./commands/tenants.ts')).runRotateSecret));

tenants
  .command('remove')
  .description('suspend a tenant; run again two minutes later, destroy its keys for ever')
  .argument('<tenant>', 'id or app name')
  .requiredOption('--confirm <app name>', 'the app name of that very tenant')
  .option('--json')
  .action(lazily(async () => (await import('./commands/tenants.ts')).runRemoveTenant));

const keys = program.command('keys').description('what secrets are sealed under, and tokens signed with');
keys
  .command('status')
  .description('which keys there are, what is under them, what is being sealed anew')
  .option('--tenant <tenant>', 'also the versions of this one, by id or app name, or of system')
  .option('--json')
  .action(lazily(async () => (await import('./commands/keys.ts')).runKeyStatus));
keys
  .command('rotate')
  .description('rotate keys while everything runs; exit code 1 where a data key could not be wrapped anew')
  .option('--what <keys>', 'master (wrap anew by TOLLGATE_MASTER_KEY), data or tokens', 'master')
  .option('--tenant <tenant>', 'with data: only this one, by id or app name, or system')
  .option('--json')
  .action(lazily(async () => (await import('./commands/keys.ts')).runRotateKeys));

const users = program.command('users').description('people who use the panel');
users
  .command('create')
  .description('invite somebody; prints the link by which they make their account')
  .requiredOption('--email <address>')
  .requiredOption('--role <role>', 'owner, admin, support or auditor; with --tenant, a role there')
  .option('--tenant <tenant>', 'to this one, by id or app name, instead of the installation')
  .option('--json')
  .action(lazily(async () => (await import('./commands/users.ts')).runCreateUser));

/** What works through the API takes its address and a key. */
function ofApi(command: Command): Command {
  return command
    .option('--api-url <url>', 'the API; TOLLGATE_API_URL or this machine’s unless given')
    .option('--api-key <key>', 'whose events; TOLLGATE_API_KEY or the demo tenant’s unless given')
    .option('--json');
}

const events = program.command('events').description('what happened');
ofApi(events.command('list'))
  .description('list events, newest first')
  .option('--type <type>', 'such as payment.succeeded')
  .option('--payment <id>', 'of one payment')
  .option('--since <instant>', 'of this instant and later')
  .option('--until <instant>', 'before this instant')
  .option('--undelivered', 'only those of which no delivery was acknowledged')
  .option('--limit <count>', '1 to 100', '20')
  .action(lazily(async () => (await import('./commands/events.ts')).runListEvents));
ofApi(events.command('resend'))
  .description('send an event to an endpoint, whether or not it was told before')
  .argument('<event>', 'its id')
  .requiredOption('--endpoint <id>', 'where to')
  .action(lazily(async () => (await import('./commands/events.ts')).runResendEvent));
ofApi(program.command('listen'))
  .description('bring events to an address on this machine, signed, for as long as this runs')
  .requiredOption('--forward-to <url>', 'such as http://localhost:3000/hook')
  .option('--events <types>', 'only these, with commas between', '*')
  .action(lazily(async () => (await import('./commands/listen.ts')).runListen));
ofApi(program.command('trigger'))
  .description('make an event happen to a payment in the sandbox, or simulate it where that cannot be')
  .argument('<event>', 'such as refund.succeeded')
  .option('--endpoint <id>', 'where it is simulated; the only endpoint unless given')
  .option('--payment <id>', 'make it happen to this payment')
  .action(lazily(async () => (await import('./commands/trigger.ts')).runTrigger));

const certify = program
  .command('certify')
  .description('run the acceptance cases of a partner gateway; exit code 1 unless every case that applies passed')
  .argument('<target>', 'a provider account, or the partner’s API address with --credentials-file')
  .option('--profile <profile>', 'of an address: bluecom (the default) or neopay')
  .option('--credentials-file <file>', 'of an address: JSON with merchantCode, secretKey …')
  .option('--mode <mode>', 'of an address: test or live', 'test')
  .option('--live', 'allow a live account; only what moves no money is run')
  .option('--listen <address>', 'take notifications here: a port, or host:port')
  .option('--ipn-url <url>', 'how the partner reaches --listen')
  .option('--control-file <file>', 'JSON: the requests that make the sandbox play the shopper')
  .option('--only <cases>', 'only these, by id with commas between, and those they need')
  .option('--out <folder>', 'write certification.html and certification.json there')
  .option('--timeout <seconds>', 'how long people and notifications are waited for', '300')
  .option('--expires-in <seconds>', 'the life of the payment that is abandoned', '120')
  .option('--currency <code>', 'with --amount: what each payment is of')
  .option('--amount <amount>', 'in minor units')
  .option('--json', 'print the report; progress goes beside it')
  .enablePositionalOptions()
  .action(lazily(async () => (await import('./commands/certify.ts')).runCertify));
certify
  .command('check-ipn')
  .description('show how a notification is read, signed and judged; changes nothing')
  .requiredOption('--account <id>', 'the provider account whose keys count')
  .requiredOption('--file <file>', 'the body, byte for byte')
  .option(
    '--header <header>',
    'a header it came with, as name: value; repeatable',
    (line, all: string[]) => [...all, line],
    [],
  )
  .option('--received-at <instant>', 'as of when its age is judged')
  .option('--json')
  .action(lazily(async () => (await import('./commands/check-ipn.ts')).runCheckIpn));

/** An action whose file, with all that the command needs, is loaded when it is called. */
function lazily<Given extends unknown[]>(load: () => Promise<(...given: Given) => unknown>) {
  return async (...given: Given) => {
    const run = await load();
    await run(...given);
  };
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = tell(error);
}

/** Says what was refused, in one line or a few, and answers the exit code. A fault of ours keeps its stack. */
function tell(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof ConfigRefused) {
    console.error(`The configuration cannot be used:\n${error.message}`);
    return USAGE;
  }
  if (error instanceof Problem) {
    console.error([error.message, ...error.errors.map(({ pointer, detail }) => `  ${pointer}: ${detail}`)].join('\n'));
    return REFUSED;
  }
  const refused = error instanceof Error && error.name.endsWith('Refused');
  console.error(refused ? error.message : error);
  return REFUSED;
}
