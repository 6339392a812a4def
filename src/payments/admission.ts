import type { Mode } from '../kernel/caller.ts';

/** Whether payments are taken and paid just now. Payments do not know why they might not be. */
export interface Admission {
  /** For new payments, on what was known a second ago at most. @throws Problem endpoint_unhealthy */
  checkNew(payment: AdmittedPayment): Promise<void>;
  /** Before money moves, on what stands in the database now. @throws Problem endpoint_unhealthy */
  checkConfirm(payment: AdmittedPayment, source: 'tenant' | 'shopper'): Promise<void>;
}

interface AdmittedPayment {
  readonly tenantId: string;
  readonly mode: Mode;
  readonly productId: string | null;
}
