import { codeImages } from '../checkout/code-images.ts';
import { checkoutPages } from '../checkout/pages.ts';
import { checkoutSessionRoutes } from '../checkout/routes.ts';
import { streamSessions } from '../checkout/stream-session.ts';
import { createReadLogo } from '../logos/read-logo.ts';
import { serveLogos } from '../logos/serve-logos.ts';
import type { HttpServer } from '../platform/http/create-http-server.ts';
import { qrCodePages } from '../qr-codes/pages.ts';
import type { Gateway } from './gateway.ts';

/** Serves the hosted page and the interface of the shopper's browser. */
export function serveCheckout(server: HttpServer, gateway: Gateway): void {
  server.bind(checkoutSessionRoutes(gateway.payments));
  streamSessions(server, gateway.payments, gateway.log);
  serveLogos(server.fastify, createReadLogo(gateway.payments.database));
  checkoutPages(server.fastify, gateway.payments, gateway.log);
  qrCodePages(server.fastify, gateway.payments, gateway.log);
  codeImages(server.fastify, gateway.payments);
}
