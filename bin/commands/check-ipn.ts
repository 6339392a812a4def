import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { printable } from '../../src/certification/payers.ts';
import { readConfig } from '../../src/config.ts';
import { checkNotification } from '../../src/inbound/check-notification.ts';
import { notificationCheckJson, pastedNotification, requestOf } from '../../src/inbound/notification-check-json.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { openAccountById } from '../../src/provider-accounts/open-provider-account.ts';
import { withGateway } from '../../src/roles/borrow-gateway.ts';
import { refuseUsage } from './certify-plan.ts';

interface CheckOptions {
  readonly account: string;
  readonly file: string;
  readonly header: readonly string[];
  readonly receivedAt?: string;
  readonly json?: boolean;
}

/** `tollgate certify check-ipn`: exit code 0 where the gateway would take the notification, else 1. Changes nothing. */
export async function runCheckIpn(options: CheckOptions, command: Command): Promise<void> {
  const body = await readFile(options.file, 'utf8').catch(() => null);
  if (body === null) return refuseUsage(command, '--file: the file cannot be read');
  const headers = Object.fromEntries(options.header.map((line) => headerOf(line, command)));
  const { receivedAt } = options;
  const pasted = pastedNotification.safeParse({ body, headers, receivedAt });
  if (!pasted.success) return refuseUsage(command, pasted.error.issues.map(({ message }) => message).join('; '));
  const check = await withGateway(readConfig(), async ({ payments }) => {
    const { account } = await openAccountById(payments, options.account);
    const request = requestOf(pasted.data, systemClock.now());
    return notificationCheckJson(await checkNotification(payments, account, account.providerAccountId, request));
  });
  if (!['accepted', 'duplicate', 'probe'].includes(check.verdict)) process.exitCode = 1;
  if (options.json === true) return console.log(JSON.stringify(check));
  for (const line of linesOf(check)) console.log(printable(line));
}

function headerOf(line: string, command: Command): readonly [string, string] {
  const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
  return name === undefined || value === undefined
    ? refuseUsage(command, '--header must be written as name: value')
    : [name, value];
}

function linesOf({ verdict, explanation, members, signature, timestamp }: ReturnType<typeof notificationCheckJson>) {
  const width = Math.max(0, ...members.map(({ name }) => name.length));
  const keys = (signature?.keys ?? []).map(
    ({ key, verdict: found, expected }) => `  ${key.padEnd(9)} ${found.padEnd(9)} ${expected ?? ''}`,
  );
  return [
    `${verdict}: ${explanation}`,
    ...members.map(
      ({ name, value, signed }) => `  ${signed ? 'signed  ' : 'unsigned'}  ${name.padEnd(width)}  ${value}`,
    ),
    ...(signature === null
      ? []
      : [
          `Signed so:       ${signature.scheme}`,
          `String to sign:  ${signature.signedText ?? `none: ${signature.problem}`}`,
          `Received:        ${signature.received ?? 'nothing'}`,
          'Expected by key:',
          ...keys,
        ]),
    ...(timestamp === null
      ? []
      : [
          `Timestamp:       ${timestamp.sent ?? 'none'} (${timestamp.verdict}, age ${timestamp.ageSeconds ?? '?'} s, up to ${timestamp.toleranceSeconds} s)`,
        ]),
  ];
}
