import type { ApplySignal } from './apply-signal.ts';
import type { Signal } from './signal.ts';

/** Where the picture of an attempt's code lies at the checkout; the attempt's id holds 80 random bits. */
export function codePicturePath(tenantId: string, attemptId: string, format: 'svg' | 'png'): string {
  return `/c/codes/${tenantId}/${attemptId}.${format}`;
}

/** Has every `qr` next action that a provider tells of without a picture lead to one of ours. */
export function withCodePictures(apply: ApplySignal, checkoutUrl: string): ApplySignal {
  return (target, source, signal, options) =>
    apply(target, source, pictured(signal, target.tenantId, checkoutUrl), options);
}

function pictured(signal: Signal, tenantId: string, checkoutUrl: string): Signal {
  if (signal.kind !== 'attempt_reported' || signal.report.state !== 'requires_action') return signal;
  const { report, attemptId } = signal;
  const { nextAction } = report;
  if (nextAction.type !== 'qr' || nextAction.imageUrl !== undefined) return signal;
  const imageUrl = checkoutUrl + codePicturePath(tenantId, attemptId, 'svg');
  return { ...signal, report: { ...report, nextAction: { ...nextAction, imageUrl } } };
}
