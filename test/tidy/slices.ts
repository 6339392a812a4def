interface Slice {
  /** Files that hold the words of the slice: its states, its transitions, its pure decisions. */
  readonly nouns: readonly string[];
  /** The slices it may import. A new line is fine as long as the list has no cycle; a test looks. */
  readonly sees: readonly string[];
}

/** Every folder of src that is a slice. What none may do: import another's `store.ts` or `routes.ts`. */
export const SLICES: Readonly<Record<string, Slice>> = {
  keys: { nouns: ['master-key'], sees: [] },
  // Who did what. Below whatever is done, so that everybody can record it.
  audit: { nouns: ['entry', 'checkpoint', 'finding'], sees: ['keys'] },
  access: {
    // Its declarations are more than one api.ts holds.
    nouns: [
      ...['api-key', 'access-key', 'access-token', 'permission', 'role', 'grant'],
      ...['api-key-api', 'role-api', 'api-users'],
    ],
    sees: ['keys', 'idempotency'],
  },
  idempotency: { nouns: [], sees: ['keys'] },
  events: { nouns: ['event'], sees: ['keys'] },
  'test-clocks': { nouns: ['test-clock'], sees: ['idempotency', 'keys'] },
  ledger: { nouns: ['transfer', 'ledger-account'], sees: [] },
  // Pure but for its circuits: where a payment may go is decided here, on accounts that others read.
  routing: { nouns: ['routing-rules', 'circuit'], sees: ['audit'] },
  'provider-accounts': { nouns: ['account'], sees: ['keys', 'idempotency', 'routing'] },
  partners: { nouns: ['partner-key'], sees: ['keys', 'idempotency'] },
  products: { nouns: ['product'], sees: ['keys', 'idempotency'] },
  // What people are told by mail; who is told and what exactly comes from those above.
  mail: { nouns: ['mail', 'alarm'], sees: ['keys'] },
  notifications: {
    nouns: ['endpoint', 'delivery', 'notification-settings', 'endpoint-health'],
    sees: ['mail', 'keys', 'audit', 'idempotency', 'events', 'test-clocks', 'partners', 'products'],
  },
  // Above the others, because a new tenant comes with its keys, its endpoint secret and its sandbox account.
  tenants: {
    nouns: ['tenant', 'settings'],
    sees: ['keys', 'access', 'idempotency', 'events', 'routing', 'provider-accounts', 'notifications'],
  },
  // What may be sold to whom in a day and in a month; payments ask it, and write what it counts with their own rows.
  limits: { nouns: ['limit-basket', 'limit-period', 'limit-subject'], sees: ['keys', 'idempotency', 'test-clocks'] },
  // Images of tenants' logos; which one is shown stands with the tenant.
  logos: { nouns: [], sees: ['tenants'] },
  // How long what is no money is kept; nothing of it is read here, only dropped and emptied.
  retention: { nouns: ['partition', 'retention'], sees: ['keys', 'notifications', 'tenants'] },
  payments: {
    nouns: ['payment', 'attempt', 'operation', 'capture', 'refund', 'reversal', 'dispute', 'signal'],
    sees: [
      ...['keys', 'idempotency', 'events', 'ledger', 'routing', 'provider-accounts', 'products', 'tenants'],
      ...['test-clocks', 'limits'],
    ],
  },
  // Documents about money that others moved; nothing of it moves any.
  invoices: {
    nouns: ['invoice', 'tax', 'payment-state', 'invoicing-settings', 'invoice-number'],
    sees: ['keys', 'idempotency', 'test-clocks', 'payments'],
  },
  captures: {
    nouns: [],
    sees: ['keys', 'idempotency', 'events', 'provider-accounts', 'tenants', 'payments'],
  },
  reversals: {
    nouns: [],
    sees: ['keys', 'idempotency', 'events', 'provider-accounts', 'tenants', 'payments'],
  },
  disputes: {
    nouns: ['evidence'],
    sees: ['keys', 'idempotency', 'events', 'provider-accounts', 'tenants', 'payments'],
  },
  refunds: {
    nouns: [],
    sees: ['keys', 'idempotency', 'events', 'provider-accounts', 'tenants', 'payments'],
  },
  // Above those it has the money given back by, and around the notifications that it waits for.
  acknowledgments: {
    nouns: ['ack-deadline', 'ack-fuse'],
    sees: ['keys', 'audit', 'idempotency', 'notifications', 'test-clocks', 'payments', 'reversals', 'refunds'],
  },
  // Above payments, whose operations it looks for on statements.
  reconciliation: {
    nouns: ['statement', 'line', 'line-kind', 'exception', 'operation', 'payout', 'report', 'account', 'read-csv'],
    sees: ['keys', 'idempotency', 'events', 'ledger', 'provider-accounts', 'tenants', 'test-clocks', 'payments'],
  },
  // Months of the ledger: what they add up to, and that they take no more once they are closed. Reads the tables of those below.
  periods: { nouns: ['period'], sees: ['keys', 'idempotency', 'ledger', 'test-clocks'] },
  // Whose a host is; found by the servers of all roles.
  domains: { nouns: ['domain'], sees: ['keys', 'audit', 'idempotency'] },
  // What payments that are alike have in common; they are made by the verb of payments.
  'checkout-configurations': {
    nouns: ['checkout-configuration'],
    sees: ['keys', 'idempotency', 'products', 'tenants', 'payments'],
  },
  // What proxies have in common; worked by the command line beside each of them.
  certificates: { nouns: ['stored-item'], sees: ['keys'] },
  // Another front door to payments, in the words of Scan to Pay.
  bluebox: { nouns: ['transaction'], sees: ['payments', 'refunds', 'reversals', 'tenants'] },
  // Above payments, because its samples are made by the mappers of the real objects.
  simulations: {
    nouns: [],
    sees: ['events', 'notifications', 'payments', 'reconciliation'],
  },
  // What developers do from the command line, through the API alone.
  workbench: { nouns: [], sees: ['events', 'notifications'] },
  // What partners may ask of us; everything they can do is a verb of those below.
  'partner-gateway': {
    nouns: [],
    sees: ['partners', 'payments', 'refunds'],
  },
  // Around the dangerous verbs of others, which it is given: what waits for a second person.
  approvals: { nouns: ['approval', 'act'], sees: ['keys', 'audit', 'access', 'idempotency', 'tenants', 'payments'] },
  // Reads the tables of those below as one list; nothing is written here.
  timeline: { nouns: [], sees: ['events', 'routing', 'provider-accounts', 'payments'] },
  inbound: {
    nouns: ['inbound-event'],
    sees: ['keys', 'events', 'provider-accounts', 'tenants', 'payments', 'refunds'],
  },
  // A front door to payments: what is scanned, and the page that a scan opens.
  'qr-codes': {
    nouns: ['qr-code'],
    sees: ['keys', 'idempotency', 'products', 'tenants', 'test-clocks', 'payments', 'checkout'],
  },
  checkout: { nouns: ['checkout', 'contrast'], sees: ['events', 'provider-accounts', 'tenants', 'logos', 'payments'] },
  // Numbers of payments and of what wants somebody; only reads, but for its own sums.
  overview: { nouns: ['activity'], sees: ['keys', 'test-clocks'] },
  // Tells open pages what to read anew.
  changes: { nouns: [], sees: ['notifications'] },
  // How the installation itself is.
  system: { nouns: ['check'], sees: ['keys'] },
  // What tenants' back ends asked and were answered.
  'request-log': { nouns: [], sees: [] },
  // Reads the tables of those below by what people know of their rows.
  search: { nouns: ['hit'], sees: ['payments'] },
  // Runs providers' acceptance cases for the command line.
  certification: { nouns: ['report'], sees: ['provider-accounts', 'payments', 'inbound'] },
};

/** The first cycle found in a list of who sees whom, as the names on the way round; null where there is none. */
export function findCycle(sees: Readonly<Record<string, readonly string[]>>): string[] | null {
  const finished = new Set<string>();
  const visit = (name: string, way: readonly string[]): string[] | null => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
    if (finished.has(name)) return null;
    for (const next of sees[name] ?? []) {
      const cycle = visit(next, [...way, name]);
      if (cycle) return cycle;
    }
    finished.add(name);
    return null;
  };
  for (const name of Object.keys(sees)) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return null;
}
