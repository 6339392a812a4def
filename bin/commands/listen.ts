import type { Command } from 'commander';
import { systemClock } from '../../src/kernel/clock.ts';
import { newStandardSecret } from '../../src/notifications/dialects/standard.ts';
import { listen } from '../../src/workbench/listen.ts';
import { listenJson, listenLine } from '../../src/workbench/listen-lines.ts';
import { type ApiOptions, withApi } from './api-options.ts';
import { refuseUsage } from './certify-plan.ts';

interface ListenFlags extends ApiOptions {
  readonly forwardTo: string;
  readonly events: string;
}

/** `tollgate listen`: until it is interrupted. */
export async function runListen(flags: ListenFlags, command: Command): Promise<void> {
  const { forwardTo, events, json } = flags;
  if (!URL.canParse(forwardTo))
    return refuseUsage(command, '--forward-to: must be an address such as http://localhost:3000/hook');
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
  const hasTerminal = process.stdout.isTTY === true;
  const options = { forwardTo, eventTypes: events.split(','), secret: newStandardSecret() };
  await withApi(flags, (api, http) =>
    listen(
      {
        ...{ api, http, clock: systemClock, signal: ended.signal },
        tell: (news) => console.log(json === true ? listenJson(news) : listenLine(news, hasTerminal)),
      },
      options,
    ),
  );
}
