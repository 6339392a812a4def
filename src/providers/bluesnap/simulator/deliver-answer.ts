import type { FastifyReply } from 'fastify';
import type { Fault } from './faults.ts';
import type { Answer } from './idempotency.ts';

/** Gives an answer as its fault wants it; those that never come are put where they are let go at the end. */
export function deliverAnswer(reply: FastifyReply, answer: Answer, fault: Fault | null, held: Set<FastifyReply>): void {
  if (fault === 'bad_gateway') return void reply.status(502).type('text/html').send('<h1>502 Bad Gateway</h1>');
  if (fault === 'lost' || fault === 'held' || fault === 'truncated') {
    reply.hijack();
    if (fault === 'held') held.add(reply);
    else if (fault === 'lost') reply.raw.destroy();
    else sendHalf(reply, JSON.stringify(answer.body ?? {}));
    return;
  }
  if (fault !== null && typeof fault === 'object') {
    return void reply
      .status(fault.status)
      .headers({ 'content-type': 'application/json', ...fault.headers })
      .send(fault.body);
  }
  const { status, headers = {}, body } = answer;
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  reply
    .status(status)
    .headers({ 'content-type': type, ...headers })
    .send(text);
}

function sendHalf({ raw }: FastifyReply, text: string): void {
  raw.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  raw.write(text.slice(0, text.length / 2), () => raw.destroy());
}
