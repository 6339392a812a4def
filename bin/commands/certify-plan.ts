import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type PayerControl, payerControl } from '../../src/certification/payers.ts';
import { isCurrency } from '../../src/kernel/currency.ts';
import { AMOUNT_MAX, type Money } from '../../src/kernel/money.ts';

/** The options of `tollgate certify` as they are typed. */
export interface CertifyOptions {
  readonly profile?: string;
  readonly credentialsFile?: string;
  readonly mode: string;
  readonly live?: boolean;
  readonly listen?: string;
  readonly ipnUrl?: string;
  readonly controlFile?: string;
  readonly only?: string;
  readonly out?: string;
  readonly timeout: string;
  readonly expiresIn: string;
  readonly currency?: string;
  readonly amount?: string;
  readonly json?: boolean;
}

/** What is to be done, checked. */
export interface CertifyPlan {
  readonly mode: 'test' | 'live';
  readonly isLiveAllowed: boolean;
  readonly listen: { readonly host: string; readonly port: number } | null;
  readonly ipnUrl: string | null;
  readonly control: PayerControl | null;
  readonly only: readonly string[] | null;
  readonly money: Money | null;
  readonly waitMsMax: number;
  readonly lifetimeSeconds: number;
}

/** Ends the command with the exit code for wrong usage. */
export function refuseUsage(command: Command, message: string): never {
  return command.error(`error: ${message}`, { exitCode: 2, code: 'certify.usage' });
}

/** Reads the options, or says which of them breaks which rule. */
export async function readPlan(options: CertifyOptions, command: Command): Promise<CertifyPlan> {
  const { mode, live = false, ipnUrl = null, only } = options;
  if (mode !== 'test' && mode !== 'live') return refuseUsage(command, '--mode must be test or live');
  if (mode === 'live' && !live) return refuseUsage(command, 'live accounts are asked nothing without --live');
  if (ipnUrl !== null && !/^https?:$/.test(URL.parse(ipnUrl)?.protocol ?? '')) {
    return refuseUsage(command, '--ipn-url must be an http or https address');
  }
  if (ipnUrl !== null && options.listen === undefined) {
    return refuseUsage(command, '--ipn-url names how the partner reaches --listen: give both');
  }
  return {
    ...{ mode, isLiveAllowed: live, ipnUrl },
    listen: options.listen === undefined ? null : listenAddress(options.listen, command),
    control: options.controlFile === undefined ? null : await readControl(options.controlFile, command),
    only: only === undefined ? null : only.split(',').map((id) => id.trim()),
    money: moneyOf(options, command),
    waitMsMax: seconds(options.timeout, '--timeout', command) * 1_000,
    lifetimeSeconds: seconds(options.expiresIn, '--expires-in', command),
  };
}

/** A file of JSON. What is in it is never repeated. */
export async function readJsonFile(path: string, option: string, command: Command): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return refuseUsage(command, `${option}: the file cannot be read`);
  try {
    return JSON.parse(text);
  } catch {
    return refuseUsage(command, `${option}: the file is no JSON`);
  }
}

async function readControl(path: string, command: Command): Promise<PayerControl> {
  const parsed = payerControl.safeParse(await readJsonFile(path, '--control-file', command));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuseUsage(command, `--control-file: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is no control'}`);
}

function listenAddress(text: string, command: Command): { readonly host: string; readonly port: number } {
  const match = /^(?:(.+):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) return refuseUsage(command, '--listen must be a port, or host:port');
  return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port };
}

function moneyOf({ currency, amount }: CertifyOptions, command: Command): Money | null {
  if (currency === undefined && amount === undefined) return null;
  if (currency === undefined || !isCurrency(currency) || amount === undefined || !/^[1-9]\d{0,11}$/.test(amount)) {
    return refuseUsage(command, `--currency (ISO 4217) and --amount (minor units, up to ${AMOUNT_MAX}) go together`);
  }
  return { amount: BigInt(amount), currency };
}

const SECONDS_MAX = 86_400;

function seconds(text: string, option: string, command: Command): number {
  const value = Number(text);
  if (/^\d{1,5}$/.test(text) && value > 0 && value <= SECONDS_MAX) return value;
  return refuseUsage(command, `${option} must be 1 to ${SECONDS_MAX} seconds`);
}
