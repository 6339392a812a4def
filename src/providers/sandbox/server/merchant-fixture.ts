/** For tests only: a merchant who speaks to the sandbox by its README, without the gateway's adapter. */
import { createHmac, randomBytes } from 'node:crypto';
import { request } from 'undici';
import type { Clock } from '../../../kernel/clock.ts';

export interface Said {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface Heard {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface Merchant {
  readonly code: string;
  readonly secret: string;
  /** A signed request, ready to be sent or tampered with. */
  sign(method: string, path: string, body?: unknown): Said;
  say(method: string, path: string, body?: unknown): Promise<Heard>;
  /** Opens a charge by token and answers its reference. */
  charge(token: string, notificationUrl: string, changes?: Record<string, unknown>): Promise<string>;
}

export async function send(url: string, { method, path, headers, body }: Said): Promise<Heard> {
  const answer = await request(url + path, { method, headers, body: body === '' ? null : body });
  const text = await answer.body.text();
  return { status: answer.statusCode, body: text.startsWith('{') ? JSON.parse(text) : { text } };
}

export function merchantAt(
  url: string,
  clock: Clock,
  secret = randomBytes(16).toString('hex'),
  code = 'shop',
): Merchant {
  const sign: Merchant['sign'] = (method, path, content) => {
    const body = content === undefined ? '' : JSON.stringify(content);
    const timestamp = Math.floor(clock.now().epochMilliseconds / 1000).toString();
    const signature = createHmac('sha256', secret).update(`${timestamp}.${method}.${path}.${body}`).digest('hex');
    const headers = { 'sandbox-merchant': code, 'sandbox-timestamp': timestamp, 'sandbox-signature': signature };
    return { method, path, headers, body };
  };
  const say: Merchant['say'] = (method, path, body) => send(url, sign(method, path, body));
  return {
    ...{ code, secret, sign, say },
    charge: async (token, notificationUrl, changes = {}) => {
      const reference = `ref_${randomBytes(8).toString('hex')}`;
      const answer = await say('POST', '/v1/charges', {
        ...{ reference, amount: 1250, currency: 'EUR', captureMethod: 'automatic', token, notificationUrl },
        ...{ returnUrl: 'https://shop.example/back', expiresAt: clock.now().add({ minutes: 15 }).toString() },
        ...changes,
      });
      if (answer.status !== 201) throw new Error(`No charge: ${JSON.stringify(answer)}`);
      return reference;
    },
  };
}
