/** What cannot wait, in the words of its mail: one sentence for the subject, and what to do. */
export const ALARMS = {
  ack_deadline_fired: {
    subject: 'A payment is given back because its notification was not acknowledged',
    text:
      'The endpoint asks for payments to be given back where their notification is not acknowledged in time. The shopper ' +
      'is not charged. If the receiver is in trouble, pause the endpoint until it is well.',
  },
  ack_deadline_failed: {
    subject: 'A payment should be given back and could not be',
    text:
      'Its notification was not acknowledged in time, and neither a reversal nor a refund could be had. The shopper is ' +
      'charged: decide what becomes of the order, and refund it by hand where it is not fulfilled.',
  },
  ack_deadline_suppressed: {
    subject: 'A payment was not given back although its notification was not acknowledged',
    text: 'Something stopped it, as the reason says. The shopper is charged: look at the order and decide.',
  },
  ack_fuse_opened: {
    subject: 'Too many notifications are not acknowledged: nothing is given back any more',
    text:
      'So many were not acknowledged that giving payments back was stopped, since the fault is more likely in the ' +
      'receiver than in the payments. What becomes of new payments is as the endpoint says (refused or held). Repair the ' +
      'receiver, test the endpoint, then close the fuse.',
  },
  ack_switch_moved: {
    subject: 'Giving payments back for missing acknowledgements was switched off or on',
    text: 'Whoever runs this installation has moved the switch. Notifications are sent as ever.',
  },
  ack_epoch_begun: {
    subject: 'The database may have been set back: no payment is given back by what stood in it',
    text: 'Deadlines from before are left to a person. See what the gateway found, and decide about each.',
  },
  acknowledgement_low: {
    subject: 'Few notifications are acknowledged, and payments are given back for it',
    text:
      'Payments of this endpoint are given back where their notification is not acknowledged, and lately too few were. ' +
      'Shoppers are then not charged for what they bought: look at the receiver now.',
  },
  approval_requested: {
    subject: 'Something waits for a second person',
    text:
      'Your settings ask for somebody else to approve of it before it is done. Look at what is asked for and by whom, then ' +
      'approve or reject it; after a day it lapses.',
  },
  audit_checkpoint: {
    subject: 'How far the audit record is signed',
    text:
      'Keep this mail: whoever owns the database could write the record anew, but not this. To prove it, compute the ' +
      'SHA-256 of the line of this checkpoint in audit_checkpoints (or in the files outside) and compare; each line names ' +
      'the one before it, so that this one stands for all of them.',
  },
  retention_waits: {
    subject: 'Old rows are kept beyond their time because some of them still have work',
    text:
      'Something in them was never finished, such as a delivery to an endpoint that is paused or disabled, or a ' +
      'notification that waits for a person. Finish or discard it; the rows go by themselves then. Nothing is lost meanwhile.',
  },
} as const satisfies Readonly<Record<string, { readonly subject: string; readonly text: string }>>;
export type AlarmKind = keyof typeof ALARMS;

export function isAlarmKind(name: string): name is AlarmKind {
  return Object.hasOwn(ALARMS, name);
}
