import type { Settings, UpdateSettings } from '../../../sdk/src/api.generated.ts';
import { isCurrency } from '../../../src/kernel/currency.ts';
import { amountFromJson, toDecimal } from '../../../src/kernel/money.ts';
import { linesOf, textOrNull } from '../form/lines.ts';
import { parseAmount } from '../form/parse-amount.ts';

export interface AboveRow {
  currency: string;
  amount: string;
}

/** The settings as people type them: a list has a line for each. */
export interface SettingsForm {
  lateSuccess: string;
  duplicatePayment: string;
  fourEyes: string;
  refundApprovalAbove: AboveRow[];
  returnOrigins: string;
  appSchemes: string;
  frameAncestors: string;
  languages: string;
  timeZone: string;
  defaultTerminalId: string;
  defaultMcc: string;
  retention: { eventsDays: string; deliveriesDays: string; inboundDays: string };
}

const LISTS = ['returnOrigins', 'appSchemes', 'frameAncestors', 'languages'] as const;
const DAYS = ['eventsDays', 'deliveriesDays', 'inboundDays'] as const;

export function valuesOf(settings: Settings): SettingsForm {
  const { lateSuccess, duplicatePayment, fourEyes, timeZone, retention = {} } = settings;
  const days = (name: (typeof DAYS)[number]) => String(retention[name] ?? '');
  return {
    ...{ lateSuccess, duplicatePayment, fourEyes, timeZone },
    refundApprovalAbove: Object.entries(settings.refundApprovalAbove ?? {}).map(([currency, minor]) => ({
      currency,
      amount: toDecimal({ amount: amountFromJson(minor), currency }),
    })),
    returnOrigins: settings.returnOrigins.join('\n'),
    appSchemes: settings.appSchemes.join('\n'),
    frameAncestors: settings.frameAncestors.join('\n'),
    languages: settings.languages.join(', '),
    defaultTerminalId: settings.defaultTerminalId ?? '',
    defaultMcc: settings.defaultMcc ?? '',
    retention: {
      eventsDays: days('eventsDays'),
      deliveriesDays: days('deliveriesDays'),
      inboundDays: days('inboundDays'),
    },
  };
}

/**
 * What was changed, and nothing else: some of it needs more permissions than the rest. The number of a row that is no
 * amount where one is not.
 */
export function changesOf(values: SettingsForm, before: SettingsForm): UpdateSettings | number {
  const above = aboveOf(values.refundApprovalAbove, before.refundApprovalAbove);
  if (typeof above === 'number') return above;
  const whole: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(LISTS.map((name) => [name, linesOf(values[name])])),
    ...{ lateSuccess: values.lateSuccess, duplicatePayment: values.duplicatePayment, fourEyes: values.fourEyes },
    timeZone: textOrNull(values.timeZone),
    defaultTerminalId: textOrNull(values.defaultTerminalId),
    defaultMcc: textOrNull(values.defaultMcc),
    retention: Object.fromEntries(DAYS.map((name) => [name, daysOf(values.retention[name])])),
    refundApprovalAbove: above,
  };
  const names = Object.keys(whole) as (keyof SettingsForm)[];
  const changed = names.filter((name) => JSON.stringify(values[name]) !== JSON.stringify(before[name]));
  return Object.fromEntries(changed.map((name) => [name, whole[name]])) as UpdateSettings;
}

function daysOf(text: string): number | null {
  return textOrNull(text) === null ? null : Number(text);
}

/** A patch merges objects, so that a currency that was taken away is said to be gone. */
function aboveOf(rows: readonly AboveRow[], before: readonly AboveRow[]): Record<string, number | null> | number {
  const above: Record<string, number | null> = Object.fromEntries(before.map(({ currency }) => [currency, null]));
  const seen = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const currency = row.currency.trim().toUpperCase();
    // None at all is an amount as well: every refund needs a second person.
    const isNothing = /^0+([.,]0+)?$/.test(row.amount.trim());
    const minor = isCurrency(currency) ? (isNothing ? 0 : parseAmount(row.amount, currency)) : null;
    if (minor === null || seen.has(currency)) return index;
    seen.add(currency);
    above[currency] = minor;
  }
  return above;
}
