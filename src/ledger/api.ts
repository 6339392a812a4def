import { z } from 'zod';
import { endpoint } from '../kernel/endpoint.ts';
import { currency, instant, pageAnswer, pageQuery } from '../kernel/shapes.ts';
import { LEDGER_ACCOUNTS } from './ledger-account.ts';
import { TRANSFER_KINDS, type TransferKind } from './transfer.ts';

const account = z.enum(LEDGER_ACCOUNTS);
const kind = z
  // An adjustment is a person's correction, so it has no accounts of its own among the kinds.
  .enum([...(Object.keys(TRANSFER_KINDS) as TransferKind[]), 'adjustment'])
  .meta({ description: 'What moved the money.' });

/** A sum of many amounts: not bounded as one amount is, and below zero where corrections exceed what was booked. */
const sum = z.int();

const balance = z
  .strictObject({
    currency: z.string(),
    providerAccountId: z.string(),
    account,
    debits: sum,
    credits: sum,
    balance: sum.meta({
      description:
        'On the account’s normal side: credits minus debits for sales and suspense, debits minus credits for all others.',
    }),
  })
  .meta({ id: 'LedgerBalance', description: 'What one account holds at one provider account, in minor units.' });
export type BalanceAnswer = z.infer<typeof balance>;

export const getBalances = endpoint({
  id: 'getBalances',
  method: 'GET',
  path: '/api/v1/balances',
  summary: 'Read the balances of the ledger',
  description:
    'Whole and of one moment, never in pages: a tenant has a handful of provider accounts and currencies with eight ' +
    'ledger accounts each, and only all of them together show that debits equal credits.',
  tag: 'Ledger',
  access: { by: 'tenant', scope: 'ledger:read' },
  idempotency: 'none',
  query: z.strictObject({ currency: currency.optional(), providerAccountId: z.string().max(64).optional() }),
  answer: {
    status: 200,
    schema: z.strictObject({
      data: z.array(balance),
      totals: z
        .array(z.strictObject({ currency: z.string(), debits: sum, credits: sum }))
        .meta({ description: 'Per currency, over the accounts shown; debits equal credits.' }),
    }),
    description: 'By currency, provider account and account. Accounts that never moved are left out.',
  },
  problems: [],
});

const entry = z
  .strictObject({
    id: z.string(),
    object: z.literal('ledger_entry'),
    kind,
    amount: z.int().min(1),
    currency: z.string(),
    debitAccount: account,
    creditAccount: account,
    providerAccountId: z.string(),
    paymentId: z.string().nullable(),
    subjectId: z
      .string()
      .meta({ description: 'The capture, refund, reversal, dispute or statement line that moved it.' }),
    createdAt: instant,
  })
  .meta({ id: 'LedgerEntry', description: 'One movement from one account to another. Never changed, never removed.' });
export type EntryAnswer = z.infer<typeof entry>;

export const listLedgerEntries = endpoint({
  id: 'listLedgerEntries',
  method: 'GET',
  path: '/api/v1/ledger-entries',
  summary: 'List ledger entries, newest first',
  tag: 'Ledger',
  access: { by: 'tenant', scope: 'ledger:read' },
  idempotency: 'none',
  query: z.strictObject({
    ...pageQuery,
    paymentId: z.string().max(64).optional(),
    currency: currency.optional(),
    providerAccountId: z.string().max(64).optional(),
    account: account.optional().meta({ description: 'Entries that debit or credit it.' }),
    kind: kind.optional(),
    createdAfter: instant.optional(),
    createdBefore: instant.optional(),
  }),
  answer: { status: 200, schema: pageAnswer(entry), description: 'A page of entries.' },
  problems: [],
});
