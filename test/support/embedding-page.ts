import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { CheckoutFrameStatus } from '../../sdk/src/watch-checkout-frame.ts';

/** A shop's own page, of another site, with the payment page in a frame that the SDK watches. */
export interface EmbeddingPage {
  readonly origin: string;
  /** The address of the page around a payment's page. */
  around(paymentUrl: string): string;
  close(): void;
}

/** What the page around the frame keeps for a test to read, as `window.told`. */
export type Told = readonly CheckoutFrameStatus[];

const SDK = new URL('../../sdk/src/watch-checkout-frame.ts', import.meta.url);

/** Serves it as `localhost`, which to the browser is another site than the gateway's address. */
export async function startEmbeddingPage(): Promise<EmbeddingPage> {
  const script = stripTypeScriptTypes(readFileSync(SDK, 'utf8'));
  const server = createServer((request, response) => {
    if (request.url === '/sdk.js') {
      response.setHeader('content-type', 'text/javascript').end(script);
      return;
    }
    const framed = new URL(request.url ?? '', 'http://localhost').searchParams.get('framed') ?? '';
    response.setHeader('content-type', 'text/html; charset=utf-8').end(pageAround(framed));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    around: (paymentUrl) => `${origin}/?framed=${encodeURIComponent(paymentUrl)}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function pageAround(framed: string): string {
  return `<!doctype html><title>The shop</title><link rel="icon" href="data:,">
<style>body { margin: 0 } iframe { display: block; border: 0; width: 100%; height: 300px }</style>
<iframe title="Payment" allow="payment; clipboard-write"></iframe>
<noscript><iframe title="Payment" src="${framed}"></iframe></noscript>
<script type="module">
import { watchCheckoutFrame } from '/sdk.js';
const frame = document.querySelector('iframe');
window.told = [];
watchCheckoutFrame(frame, { paymentUrl: ${JSON.stringify(framed)}, onStatus: (status) => window.told.push(status) });
frame.src = ${JSON.stringify(framed)};
</script>`;
}
