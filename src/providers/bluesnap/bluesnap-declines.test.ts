import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../kernel/assert.ts';
import type { CompleteInput, CreateAnswer, CreateInput } from '../provider.ts';
import { type BluesnapStage, startBluesnapStage } from './bluesnap-fixture.ts';

let stage: BluesnapStage;
beforeAll(async () => {
  stage = await startBluesnapStage({ timeoutMs: 1_000 });
});
afterAll(() => stage.stop());

const UNKNOWN = { kind: 'unknown', reason: expect.any(String) };

function complete(created: CreateInput, clientData: CompleteInput['clientData']): Promise<CreateAnswer> {
  const { attemptId } = created;
  return present(stage.provider.complete, 'complete')(stage.call(), { attemptId, created, clientData });
}

async function opened(changes: Partial<CreateInput> = {}): Promise<CreateInput> {
  const created = stage.input(changes);
  await stage.provider.create(stage.call(), created);
  return created;
}

function chargesOf({ attemptId }: CreateInput): number {
  return stage.simulator.transactionsOf(attemptId).length;
}

describe('a decline', () => {
  test.each([
    ['INSUFFICIENT_FUNDS', 'insufficient_funds'],
    ['EXPIRED_CARD', 'expired_card'],
    ['CVV_ERROR', 'incorrect_cvc'],
    ['CARD_LOST_OR_STOLEN', 'lost_or_stolen'],
    ['PICKUP_CARD', 'lost_or_stolen'],
    ['HIGH_RISK_ERROR', 'fraud'],
    ['FRAUD_DETECTED', 'fraud'],
    ['FRAUD_ERROR', 'fraud'],
    ['THREE_D_SECURE_FAILURE', 'authentication_failed'],
    ['THREE_D_SECURITY_AUTHENTICATION_REQUIRED', 'authentication_failed'],
    ['STRONG_CUSTOMER_AUTHENTICATION_REQUIRED', 'authentication_failed'],
    ['INVALID_PIN_OR_PW_OR_ID_ERROR', 'authentication_failed'],
    ['DO_NOT_HONOR', 'do_not_honor'],
    ['CALL_ISSUER', 'do_not_honor'],
    ['PROCESSING_GENERAL_DECLINE', 'do_not_honor'],
    ['LIMIT_EXCEEDED', 'limit_exceeded'],
    ['ACCOUNT_CLOSED', 'other'],
    ['AUTHORIZATION_REVOKED', 'other'],
    ['GENERAL_PAYMENT_PROCESSING_ERROR', 'other'],
    ['INCORRECT_INFORMATION', 'other'],
    ['INVALID_CARD_NUMBER', 'other'],
    ['INVALID_CARD_TYPE', 'other'],
    ['INVALID_TRANSACTION', 'other'],
    ['RESTRICTED_CARD', 'other'],
    ['TRANSACTION_CARD_NOT_VALID', 'other'],
    ['TRANSACTION_NOT_AUTHORIZED', 'other'],
    ['A_REASON_OF_NEXT_YEAR', 'other'],
  ])('called %s is ours called %s', async (code, reason) => {
    const created = stage.input();
    const decline = { reason, providerCode: code };
    expect(await stage.pay(created, code)).toEqual({
      ...{ kind: 'answered', providerRef: created.attemptId, report: { state: 'declined', decline } },
    });
    expect(chargesOf(created)).toBe(0);
  });

  test('repeated stays the same decline', async () => {
    const created = await opened();
    const clientData = stage.simulator.decline(created.attemptId, 'DO_NOT_HONOR');
    const first = await complete(created, clientData);
    expect(await complete(created, clientData)).toEqual(first);
  });

  test.each([
    'BLS_CONNECTION_PROBLEM',
    'PROCESSING_TIMEOUT',
    'SYSTEM_TECHNICAL_ERROR',
    'THE_ISSUER_IS_UNAVAILABLE_OR_OFFLINE',
    'PROCESSING_DUPLICATE',
    'PAYMENT_GENERAL_FAILURE',
  ])('is not what %s says, which leaves the charge open', async (code) => {
    expect(await stage.pay(stage.input(), code)).toEqual(UNKNOWN);
  });

  test.each(['INCORRECT_SETUP', 'INVALID_AMOUNT', 'PROCESSING_AMOUNT_ERROR'])(
    'is not what %s says, which is a refusal',
    async (code) => {
      expect(await stage.pay(stage.input(), code)).toMatchObject({ kind: 'refused', code: code.toLowerCase() });
    },
  );
});
