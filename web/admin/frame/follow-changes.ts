import { headersOf, type Place } from '../api/send.ts';
import { createEventReader } from './read-events.ts';

export interface ChangeListener {
  /** Something changed, or may have changed without us: what is shown is read anew. */
  readonly onChange: () => void;
  readonly onState: (state: 'live' | 'away') => void;
}

/** The server sends something every 15 seconds; what is silent for so long is gone, though nobody said so. */
const SILENCE_MAX_MS = 40_000;
const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 30_000;

/**
 * Follows the changes of a tenant until the signal. A stream that ends, as each does after ten minutes, goes on where it
 * was; where it cannot, everything counts as changed. Who may not listen is `away` for good.
 */
export async function followChanges(place: Place, listener: ChangeListener, signal: AbortSignal): Promise<void> {
  let lastId: string | null = null;
  let pauseMs = PAUSE_FIRST_MS;
  while (!signal.aborted) {
    const silence = new AbortController();
    try {
      const response = await fetch('/api/v1/changes', {
        headers: { ...headersOf(place), ...(lastId === null ? {} : { 'last-event-id': lastId }) },
        credentials: 'same-origin',
        signal: AbortSignal.any([signal, silence.signal]),
      });
      if (response.status === 401 || response.status === 403 || response.status === 404) {
        listener.onState('away');
        return;
      }
      if (!response.ok || response.body === null) throw new Error('There is no stream');
      await readStream(response.body, silence, (id, data) => {
        lastId = id ?? lastId;
        pauseMs = PAUSE_FIRST_MS;
        listener.onState('live');
        // The first `ready` of all comes after everything was read.
        if (!isOnlyReady(data)) listener.onChange();
      });
    } catch {
      if (signal.aborted) return;
      listener.onState('away');
    }
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
  }
}

async function readStream(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  silence: AbortController,
  onEvent: (id: string | null, data: string) => void,
): Promise<void> {
  const read = createEventReader();
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const timer = setTimeout(() => silence.abort(), SILENCE_MAX_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return;
    for (const { id, data } of read(value)) onEvent(id, data);
  }
}

/** Whether it says that nothing was missed. */
function isOnlyReady(data: string): boolean {
  const change: unknown = JSON.parse(data);
  return typeof change === 'object' && change !== null && 'resumed' in change && change.resumed === true;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
