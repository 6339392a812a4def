import { renderUnicodeCompact } from 'uqr';
import { z } from 'zod';
import { formatMoney } from '../kernel/money.ts';
import type { OutboundHttp } from '../platform/outbound-http.ts';
import type { Payer, PayerTask } from '../providers/provider-certification.ts';

const oneRequest = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT']).default('POST'),
  url: z.string().min(1).max(2_000),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().max(10_000).default(''),
});

/** How a sandbox is told what its shopper does: a request for each act, with names in braces for what the order is. */
export const payerControl = z.strictObject({ approve: oneRequest, cancel: oneRequest });
export type PayerControl = z.output<typeof payerControl>;

const TIMEOUT_MS = 15_000;
const ANSWER_BYTES_MAX = 256 * 1024;

/** Has the provider's own sandbox play the shopper, by requests of its test interface. */
export function controlPayer(control: PayerControl, http: OutboundHttp): Payer {
  return {
    async act(task) {
      const { method, url, headers, body } = control[task.action];
      const isForm = Object.entries(headers).some(
        ([name, value]) => /^content-type$/i.test(name) && /form-urlencoded/i.test(value),
      );
      const outcome = await http.send({
        ...{ method, headers, timeoutMs: TIMEOUT_MS, responseBytesMax: ANSWER_BYTES_MAX },
        url: filled(url, task, (value) => (/^\{\w+\}$/.test(url) ? value : encodeURIComponent(value))),
        body: filled(body, task, isForm ? encodeURIComponent : (value) => JSON.stringify(value).slice(1, -1)),
      });
      return outcome.kind === 'answered' && outcome.status < 400 ? 'done' : 'failed';
    },
  };
}

function filled(template: string, task: PayerTask, write: (value: string) => string): string {
  const { orderId, providerRef, redirectUrl, qrPayload } = task;
  const values: Readonly<Record<string, string | null>> = { orderId, providerRef, redirectUrl, qrPayload };
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? write(values[name] ?? '') : whole,
  );
}

/** More makes a code that no terminal has room for, and no telephone reads from one. */
const QR_CHARACTERS_MAX = 600;

const WHAT_TO_DO: Readonly<Record<PayerTask['action'], string>> = {
  approve: 'Pay it: approve the payment on the partner’s page.',
  cancel: 'Do not pay it: cancel the payment on the partner’s page.',
};

/** Tells a person what to do, with the link and its QR code, and goes on; whether it was done shows by its effect. */
export function askPerson(tell: (lines: readonly string[]) => void, hasTerminal: boolean): Payer {
  return {
    async act(task) {
      const { action, money, redirectUrl, qrPayload } = task;
      const target = redirectUrl ?? qrPayload ?? '';
      tell([
        `${WHAT_TO_DO[action]} (${formatMoney(money, 'en')})`,
        printable(target),
        ...(hasTerminal && target !== '' && target.length <= QR_CHARACTERS_MAX
          ? renderUnicodeCompact(target, { border: 1 }).split('\n')
          : []),
      ]);
      return 'asked';
    },
  };
}

/** A stranger's text in a terminal: nothing in it moves the cursor or turns the direction of writing. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\u{fffd}').slice(0, 2_000);
}
