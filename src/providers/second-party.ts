/** What the simulators of providers share: they are programs of their own that listen on this machine. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../kernel/clock.ts';

/** Listens, on any free port where 0 is given, and answers the origin. @throws what Node throws where it cannot */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}

/** Whether an address leads to this machine by its own words, without asking anybody for a name. */
export function isThisMachine({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** A simulator as the demonstration runs it: by the machine's time, until it is closed. */
export interface DemoSimulator {
  readonly url: string;
  /** An account of the gateway that leads here. */
  readonly credentials: Readonly<Record<string, unknown>>;
  /** Where what happens in that account is told from now on. */
  notify(notificationUrl: string): void;
  close(): Promise<void>;
}

export interface DemoSimulatorOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly clock: Clock;
  /** ISO 4217; for providers whose accounts have one. */
  readonly currency: string;
  /** The credentials of an earlier start; null: made anew. */
  readonly kept: Readonly<Record<string, unknown>> | null;
  /** The only origin that notifications may go to. */
  readonly notifyOrigin: string;
  /** What failed in the simulator itself. */
  readonly failed: (error: unknown) => void;
}
