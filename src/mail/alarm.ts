/** What cannot wait for a digest, in the words of the mail. */
export const ALARMS = {
  first_reversal: {
    subject: 'A payment was reversed because its notification was not acknowledged',
    text:
      'Your endpoint asks for payments to be given back where their notification is not acknowledged in time. That ' +
      'has now happened for the first time since the endpoint was set up or changed. The shopper is not charged. If ' +
      'your receiver is in trouble, pause the endpoint until it is well.',
  },
  fuse_open: {
    subject: 'Too many notifications are not acknowledged: nothing is reversed any more',
    text:
      'So many notifications in a row were not acknowledged that reversing payments was stopped, since the fault is ' +
      'more likely in the receiver than in the payments. What becomes of new payments meanwhile is as the endpoint ' +
      'says (refused or held). Repair the receiver, test the endpoint, then close the fuse.',
  },
  kill_switch: {
    subject: 'Reversals for missing acknowledgements were switched off by the operator',
    text:
      'Whoever runs this installation has stopped the reversing of payments whose notifications are not acknowledged. ' +
      'Notifications are sent as ever.',
  },
  acknowledgement_low: {
    subject: 'Few notifications are acknowledged, and payments are reversed for it',
    text:
      'Payments of this endpoint are given back where their notification is not acknowledged, and lately too few were. ' +
      'Shoppers are then not charged for what they bought: look at the receiver now.',
  },
} as const satisfies Readonly<Record<string, { readonly subject: string; readonly text: string }>>;
export type AlarmKind = keyof typeof ALARMS;

export function isAlarmKind(name: string): name is AlarmKind {
  return Object.hasOwn(ALARMS, name);
}
