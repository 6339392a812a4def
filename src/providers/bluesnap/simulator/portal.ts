import { type Books, type Transaction, takeId } from './account.ts';
import type { Desk } from './serve-transactions.ts';

/** What a person does in BlueSnap's portal; transactions go by the merchant's name for them. */
export interface Portal {
  capture(merchantTransactionId: string, amount?: bigint): void;
  refund(merchantTransactionId: string, amount: bigint): void;
  /** Opens a chargeback of the whole amount, or moves the one there is. */
  chargeback(merchantTransactionId: string, status: string): void;
  approveReview(merchantTransactionId: string): void;
  declineReview(merchantTransactionId: string): void;
}

/** All transactions under a merchant's name. */
export function transactionsNamed(books: Books, merchantTransactionId: string): Transaction[] {
  return [...books.transactions.values()].filter((each) => each.merchantTransactionId === merchantTransactionId);
}

/** The portal of an account. */
export function openPortal(desk: Desk): Portal {
  const { books, clock, tell } = desk;
  const find = (name: string): Transaction => {
    const [transaction] = transactionsNamed(books, name);
    if (transaction === undefined) throw new Error('There is no such transaction');
    return transaction;
  };
  const news = ({ id, merchantTransactionId, currency }: Transaction) => ({ id, merchantTransactionId, currency });
  return {
    capture(name, amount) {
      const transaction = find(name);
      transaction.type = 'CAPTURE';
      transaction.amount = amount ?? transaction.amount;
      tell({ ...news(transaction), type: 'CHARGE', amount: transaction.amount });
    },
    refund(name, amount) {
      const transaction = find(name);
      const id = takeId(books);
      transaction.refunds.push({ id, amount, status: 'SUCCESS', reason: 'Console', metaData: [] });
      tell({ ...news(transaction), type: 'REFUND', amount: -amount, reversal: id, reason: 'Console' });
    },
    chargeback(name, status) {
      const transaction = find(name);
      const type = transaction.chargebacks.length === 0 ? 'CHARGEBACK' : 'CHARGEBACK_STATUS_CHANGED';
      const at = clock.now().epochMilliseconds;
      const chargeback = transaction.chargebacks[0] ?? { id: takeId(books), amount: transaction.amount, at, status };
      chargeback.status = status;
      transaction.chargebacks[0] = chargeback;
      const { id: reversal, amount } = chargeback;
      tell({ ...news(transaction), type, amount: -amount, reversal, reason: 'Fraud - Card Absent', status });
    },
    approveReview(name) {
      const transaction = find(name);
      transaction.status = 'SUCCESS';
      const type = transaction.type === 'AUTH_ONLY' ? 'AUTH_ONLY_SINGLE_CHARGE' : 'CHARGE';
      tell({ ...news(transaction), type, amount: transaction.amount });
    },
    declineReview(name) {
      const transaction = find(name);
      books.transactions.delete(transaction.id);
      tell({ ...news(transaction), type: 'DECLINE', amount: transaction.amount });
    },
  };
}
