/** What the screens about domains say, in English. */
export const texts = {
  title: 'Domains',
  emptyTitle: 'No domains of your own',
  emptyHint: 'Shoppers pay at the installation’s own address. Claim a host of yours, and they pay there.',
  add: 'Claim a domain',
  addHint:
    'A host of your own such as pay.shop.example, at which shoppers of this mode pay. You prove that it is yours by a record in its DNS.',
  doAdd: 'Claim',
  added: 'It was claimed. Enter the record into your DNS now.',
  back: 'All domains',
  domain: 'Domain',
  status: 'Status',
  problem: 'Last look',
  checked: 'Looked at',
  verified: 'Proven',
  created: 'Claimed',
  id: 'Id',
  statuses: { pending: 'Pending', verified: 'Verified', lapsed: 'Lapsed' },
  statusHints: {
    pending: 'The record was not found yet. It is looked for by itself, every minute at first.',
    verified: 'New payments get their address here. The record has to stay where it is.',
    lapsed: 'It was proven, and its record is gone: nothing is served here. Enter the record again.',
  },
  problems: {
    no_record: 'There is no TXT record of this name.',
    wrong_record: 'There is a TXT record of this name, and none of them says what it must.',
    dns_failed: 'DNS gave no answer that could be relied on. Nothing changes by that.',
    taken: 'Another tenant has proven this domain, and still can.',
  },
  fine: 'Found',
  never: 'Not yet',
  record: 'The record that proves it',
  recordHint: 'Enter it where your DNS is looked after, and leave it there.',
  type: 'Type',
  name: 'Name',
  value: 'Value',
  pointHint:
    'Then point the host itself to this installation (CNAME to the checkout’s host, or A and AAAA to its addresses). The certificate comes by itself with the first visit.',
  check: 'Look for it now',
  found: 'The record was found. The domain is proven.',
  notFound: 'The proof was not found yet.',
  remove: 'Give it up',
  removeTitle: 'Give this domain up?',
  removeHint: (domain: string) =>
    `Pages that are open at ${domain} end; their payments go on at the installation’s own address. Addresses that were sent out lead nowhere.`,
  removed: 'The domain was given up.',
  keep: 'Keep it',
};

export type DomainTexts = typeof texts;
