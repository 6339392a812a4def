import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { listenForNotifications } from '../../src/certification/listen-for-notifications.ts';
import { accountTarget, addressTarget } from '../../src/certification/open-target.ts';
import { askPerson, controlPayer } from '../../src/certification/payers.ts';
import { renderReport } from '../../src/certification/render-report.ts';
import type { CertificationReport } from '../../src/certification/report.ts';
import { type CertificationTarget, runCertification } from '../../src/certification/run-certification.ts';
import { watchNotifications } from '../../src/certification/watch-notifications.ts';
import { readConfig } from '../../src/config.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { pause } from '../../src/platform/deadline.ts';
import { createOutboundHttp, type OutboundHttp } from '../../src/platform/outbound-http.ts';
import { openAccountById } from '../../src/provider-accounts/open-provider-account.ts';
import type { NotificationInbox } from '../../src/providers/provider-certification.ts';
import { createProviderRegistry } from '../../src/providers/registry.ts';
import { withGateway } from '../../src/roles/borrow-gateway.ts';
import { type CertifyOptions, type CertifyPlan, readJsonFile, readPlan, refuseUsage } from './certify-plan.ts';
import { certifyProgress, tellEnd } from './certify-progress.ts';

/** `tollgate certify <account or address>`: exit code 0 where every case that applies passed, else 1. */
export async function runCertify(target: string, options: CertifyOptions, command: Command): Promise<void> {
  const plan = await readPlan(options, command);
  const tell = (line: string) => (options.json === true ? console.error(line) : console.log(line));
  const report = /^https?:\/\//.test(target)
    ? await certifyAddress(target, options, plan, tell, command)
    : await certifyAccount(target, plan, tell, command);
  if (options.out !== undefined) await writeReport(report, options.out);
  if (options.json === true) console.log(JSON.stringify(report));
  tellEnd(report, options.out ?? null, tell);
  if (report.result !== 'passed') process.exitCode = 1;
}

type Tell = (line: string) => void;

async function certifyAccount(
  id: string,
  plan: CertifyPlan,
  tell: Tell,
  command: Command,
): Promise<CertificationReport> {
  return withGateway(readConfig(), async ({ payments }) => {
    const opened = await openAccountById(payments, id);
    const { mode } = opened.account;
    if (mode === 'live' && !plan.isLiveAllowed) {
      return refuseUsage(command, 'this is a live account: nothing is asked of it without --live');
    }
    const target = accountTarget(opened);
    const { currency: preferredCurrency } = await payments.readTenant(opened.account.tenantId);
    if (mode === 'live' || plan.listen !== null) {
      return certify(target, plan, tell, { watched: null, preferredCurrency });
    }
    const isServed = await answers(opened.call.http, `${payments.hooksUrl}/healthz`);
    if (!isServed) tell(`No gateway answers at ${payments.hooksUrl}: the cases about notifications are not run.`);
    const watched = isServed ? watchNotifications(payments, opened.account, systemClock.now()) : null;
    return certify(target, plan, tell, { watched, preferredCurrency });
  });
}

async function certifyAddress(
  apiUrl: string,
  { profile = 'bluecom', credentialsFile }: CertifyOptions,
  plan: CertifyPlan,
  tell: Tell,
  command: Command,
): Promise<CertificationReport> {
  if (credentialsFile === undefined) return refuseUsage(command, 'an address needs --credentials-file');
  const file = await readJsonFile(credentialsFile, '--credentials-file', command);
  if (typeof file !== 'object' || file === null) return refuseUsage(command, '--credentials-file: must hold an object');
  const { mode } = plan;
  const allowPrivateTargets = mode === 'test' && readConfig().allowPrivateTargets;
  const http = createOutboundHttp({ allowPrivateTargets, userAgent: 'Tollgate/0.1 (+certification)' });
  try {
    const registry = createProviderRegistry({ sandboxUrl: 'http://127.0.0.1:9', sandboxHttp: http, publicHttp: http });
    const credentials = { profile, ...file };
    const target = addressTarget(registry, { apiUrl, credentials, mode, http, clock: systemClock });
    return await certify(target, plan, tell, { watched: null });
  } finally {
    await http.close();
  }
}

async function certify(
  target: CertificationTarget,
  plan: CertifyPlan,
  tell: Tell,
  { watched, preferredCurrency }: { readonly watched: NotificationInbox | null; readonly preferredCurrency?: string },
): Promise<CertificationReport> {
  const { provider, call } = target;
  const { listen, ipnUrl, control, money, only, waitMsMax, lifetimeSeconds } = plan;
  const own =
    listen === null
      ? null
      : await listenForNotifications({ provider, call, clock: call.clock, ...listen, publicUrl: ipnUrl });
  const hasTerminal = process.stdout.isTTY === true;
  const payer =
    control === null ? askPerson((lines) => lines.forEach(tell), hasTerminal) : controlPayer(control, call.http);
  const never = new AbortController().signal;
  const around = {
    ...{ inbox: own ?? watched, payer, waitMsMax, lifetimeSeconds, pause: (ms: number) => pause(ms, never) },
    ...{ returnUrl: 'https://return.invalid/back', unheardUrl: 'https://ipn.invalid/nobody' },
    ...(money === null ? {} : { money }),
    ...(preferredCurrency === undefined ? {} : { preferredCurrency }),
  };
  try {
    return await runCertification(target, around, { only, progress: certifyProgress(tell) });
  } finally {
    await own?.close();
  }
}

async function answers(http: OutboundHttp, url: string): Promise<boolean> {
  const outcome = await http.send({ method: 'GET', url, timeoutMs: 3_000, responseBytesMax: 10_000 });
  return outcome.kind === 'answered' && outcome.status === 200;
}

async function writeReport(report: CertificationReport, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'certification.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(folder, 'certification.html'), renderReport(report));
}
