/** The steps between which a process must be able to die. Each lies right before or right after something durable. */
export type CrashPointName =
  /** Payment, event and kept answer are committed; nobody was told. */
  | 'payment-committed'
  /** A use of a QR code is taken; the payment it is for is not made. */
  | 'qr-use-taken'
  /** The attempt is committed, its provider not yet called. */
  | 'attempt-unsent'
  /** The provider answered; we know, the database does not. */
  | 'attempt-answered'
  /** What the browser brought for the second step is committed, the provider not yet called. */
  | 'completion-unsent'
  /** The provider answered the second step; we know, the database does not. */
  | 'completion-answered'
  /** A signal and what it changed are committed. */
  | 'signal-written'
  /** The first answer of a key is kept, the client has not got it. */
  | 'answer-kept'
  /** A capture, refund, reversal or evidence is committed, its provider not yet called. */
  | 'operation-unsent'
  /** The provider answered about it; we know, the database does not. */
  | 'operation-answered'
  | 'release-unsent'
  | 'release-answered'
  /** A provider's notification was verified and is nowhere but in memory. */
  | 'notification-verified'
  /** It is stored and not acknowledged. */
  | 'notification-stored'
  /** The provider has its 200 and will not come again. */
  | 'notification-acknowledged'
  /** It was applied and still counts as waiting. */
  | 'notification-applied'
  /** Deliveries and lanes are written and the outbox rows gone, in a transaction that is still open. */
  | 'relay-uncommitted'
  | 'relay-committed'
  /** Due and claimed, signed, not a byte sent. */
  | 'delivery-unsent'
  /** The tenant's server took a notification; the delivery still counts as waiting. */
  | 'delivery-unrecorded'
  | 'delivery-recorded'
  /** The mail server took a mail, which still counts as waiting. */
  | 'mail-unrecorded'
  /** A deadline is committed, and no byte of the notification it is about has gone out. */
  | 'deadline-armed'
  /** A deadline fired, and nobody was asked to give the money back. */
  | 'deadline-unasked'
  /** The money is going back, and the deadline does not know by what. */
  | 'deadline-asked'
  /** A provider gave a page of its statement; the database does not have it. */
  | 'statement-page-answered'
  /** It is stored, its cursor with it, and nothing of it is compared. */
  | 'statement-page-stored'
  /** Lines were compared and booked; what follows from it (late ones, the proof, the end) is still to come. */
  | 'statement-lines-matched'
  /** A tenant's data key has a next version, in a transaction that is still open. */
  | 'key-rotation-uncommitted'
  /** The next version seals, and this process does not know it. */
  | 'key-rotated'
  /** Some values are sealed anew, and how far that has come is noted, in a transaction that is still open. */
  | 'reseal-uncommitted'
  | 'reseal-committed'
  /** Older versions are destroyed; this process still has them in memory. */
  | 'keys-destroyed'
  /** Some data keys are wrapped by the next master key, others not yet. */
  | 'keys-rewrapped';

let armed: CrashPointName | null = null;
let passingsLeft = 0;

/** Marks a step at which tests kill the process. One comparison unless armed, and nothing but a test arms it. */
export function crashPoint(name: CrashPointName): void {
  if (name !== armed) return;
  passingsLeft--;
  // Not exit(): nothing may be flushed, rolled back or closed in order. The kernel delivers it before kill returns.
  if (passingsLeft === 0) process.kill(process.pid, 'SIGKILL');
}

/** Has this process kill itself at the `occurrence`th passing (1: the next) of a point. For tests. */
export function armCrashPoint(name: CrashPointName, occurrence: number): void {
  armed = name;
  passingsLeft = occurrence;
}
