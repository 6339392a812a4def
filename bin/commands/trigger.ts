import type { Command } from 'commander';
import { z } from 'zod';
import { EVENT_TYPES } from '../../src/events/event.ts';
import { triggerEvent } from '../../src/workbench/trigger-event.ts';
import { type ApiOptions, withApi } from './api-options.ts';
import { refuseUsage } from './certify-plan.ts';

interface TriggerFlags extends ApiOptions {
  readonly endpoint?: string;
  readonly payment?: string;
}

const eventType = z.enum(EVENT_TYPES);

/** `tollgate trigger <event>`: exit code 1 where a simulation was not acknowledged. */
export async function runTrigger(type: string, flags: TriggerFlags, command: Command): Promise<void> {
  const known = eventType.safeParse(type);
  if (!known.success) return refuseUsage(command, `${type} is no event; known are ${EVENT_TYPES.join(', ')}`);
  const { endpoint: endpointId, payment: paymentId } = flags;
  const triggered = await withApi(flags, (api) => triggerEvent(api, { type: known.data, endpointId, paymentId }));
  if (triggered.how === 'simulated' && !triggered.passed) process.exitCode = 1;
  if (flags.json === true) return console.log(JSON.stringify(triggered));
  console.log(
    triggered.how === 'happened'
      ? `${type} happened: ${triggered.eventId}, to the sandbox payment ${triggered.paymentId}.`
      : `${type} cannot be brought about in the sandbox. Simulated at ${triggered.endpointId}: ${triggered.problem ?? 'acknowledged.'}`,
  );
}
