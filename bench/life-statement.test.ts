import { describe, expect, it } from 'vitest';
import { lifeStatement } from './life-statement.ts';
import type { SampleRow } from './sample-lives.ts';

const OWNER = '01kdvdna00gc7vxtays2205gs5';
const FIRST = '01kdvdna00ddwn382s230fdhk8';
const SECOND = '01kdvdna18j29h9c2jzayqh4m7';

const TYPES = new Map([
  ['attempts.next_action', 'jsonb'],
  ['attempts.created_at', 'timestamp with time zone'],
  ['attempts.sync_tries', 'integer'],
]);

function statementOf(table: string, values: SampleRow['values']): string {
  return lifeStatement({ name: 'paid', tenantId: `ten_${OWNER}`, rows: [{ table, values }] }, TYPES);
}

describe('a life that is written again', () => {
  it('gives what belongs to the tenant the characters of another one', () => {
    const text = statementOf('attempts', { tenant_id: `ten_${OWNER}`, provider_account_id: `pa_${OWNER}` });
    expect(text).toContain("select ('ten_' || owner)::text, ('pa_' || owner)::text from made");
    expect(text).not.toContain(OWNER);
  });

  it('keeps ids in the order of the sample and equal where they were equal, also inside of other texts', () => {
    const text = statementOf('attempts', {
      attempt_id: `att_${SECOND}`,
      payment_id: `pay_${FIRST}`,
      provider_ref: `ch_att_${SECOND}:x`,
    });
    expect(text).toContain(
      "select ('att_' || digits || '1')::text, ('pay_' || digits || '0')::text, ('ch_att_' || digits || '1' || ':x')::text",
    );
  });

  it('moves every instant by the age of the payment', () => {
    expect(statementOf('attempts', { created_at: '2026-01-01T00:00:00+00:00' })).toContain(
      "'2026-01-01T00:00:00+00:00'::timestamp with time zone + age",
    );
  });

  it('writes values of other types as they are, JSON as text, and leaves out what is null', () => {
    const text = statementOf('attempts', { sync_tries: 0, next_action: { url: "it's" }, failure_code: null });
    expect(text).toContain(
      `insert into attempts (sync_tries, next_action) select '0'::integer, '{"url":"it''s"}'::jsonb from made`,
    );
  });

  it('draws keys, hashes and references anew, for their sample would be there already', () => {
    const key = { route: 'createPayment', idempotency_key: 'sample' };
    expect(statementOf('idempotency_keys', key)).toContain("md5('createPayment' || n)::uuid::text from made");
    expect(statementOf('checkout_tokens', { token_hash: '\\x00' })).toContain('select sha256(');
    expect(statementOf('payments', { reference: 'sample' })).toContain("select 'order-' || n from made");
  });

  it('cuts sealed values and objects of events short', () => {
    const sealed = `\\x${'ab'.repeat(1_000)}`;
    expect(statementOf('idempotency_keys', { answer_sealed: sealed }).length).toBeLessThan(1_000);
    const object = { id: `pay_${FIRST}`, object: 'payment', status: 'created', description: 'Two tickets' };
    expect(statementOf('events', { object })).not.toContain('Two tickets');
  });

  it('is refused where it has more ids than can be told apart', () => {
    const ids = Array.from({ length: 33 }, (_, n) => `evt_${FIRST.slice(0, 24)}${String(n).padStart(2, '0')}`);
    expect(() => statementOf('events', { type: ids.join(' ') })).toThrow('33 ids');
  });
});
