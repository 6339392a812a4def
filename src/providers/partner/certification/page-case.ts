import { copyStep } from './evidence.ts';
import type { Findings } from './findings.ts';
import type { Stage } from './stage.ts';

const TIMEOUT_MS = 10_000;
const PAGE_BYTES_MAX = 512 * 1024;

/** The shopper's page opens, may stand in a frame where the profile says so, and fits a telephone. */
export async function openPage({ orders, call, profile }: Stage, found: Findings): Promise<void> {
  const order = orders.get('first') ?? found.halt('not_run', 'There is no order whose page could be opened.');
  if (order.redirectUrl === null) found.doesNotApply('The partner gives a QR code and no page.');
  const { http, clock } = call;
  const at = clock.now();
  const url = order.redirectUrl;
  const headers = { accept: 'text/html' };
  const outcome = await http.send({
    method: 'GET',
    url,
    headers,
    timeoutMs: TIMEOUT_MS,
    responseBytesMax: PAGE_BYTES_MAX,
  });
  const page = { title: 'The shopper’s page', at, url, method: 'GET', body: new Uint8Array() };
  // Its content is left out: the address is the partner's choice, and the report goes to the partner.
  const shown = outcome.kind === 'answered' ? { ...outcome, body: new Uint8Array() } : outcome;
  found.evidence.push(copyStep(call, page, shown));
  if (outcome.kind !== 'answered') {
    found.expect('The page opens.', false, `The page did not open: ${outcome.reason}.`);
    return;
  }
  found.expect('The page opens.', outcome.status < 400, `The page was answered ${outcome.status}.`);
  const text = new TextDecoder().decode(outcome.body);
  found.expect(
    'The page fits a telephone (it sets its viewport).',
    /<meta[^>]+viewport/i.test(text),
    'The page sets no viewport: telephones show it shrunk.',
  );
  if (!profile.embeddable) return;
  const frameOptions = outcome.headers['x-frame-options'];
  const policies = (outcome.headers['content-security-policy'] ?? []).join(';');
  const ancestors = /frame-ancestors\s+([^;]*)/i.exec(policies)?.[1]?.trim();
  const isForbidden = frameOptions !== undefined || (ancestors !== undefined && /^'(?:none|self)'$/i.test(ancestors));
  found.expect(
    'The page may stand in a frame.',
    !isForbidden,
    'The page forbids frames (X-Frame-Options or frame-ancestors), and shops show it inside one.',
  );
}
