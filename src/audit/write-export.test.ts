import { expect, test } from 'vitest';
import type { AuditEntryAnswer } from './api.ts';
import { writeExport } from './write-export.ts';

const entry: AuditEntryAnswer = {
  ...{ id: '1', object: 'audit_entry', at: '2026-11-21T12:00:00Z', class: 'change', mode: null, actor: 'gateway' },
  ...{ address: null, correlationId: null, action: 'a', target: { type: null, id: null }, outcome: 'done', made: null },
  ...{
    tenantId: null,
    fields: [],
    code: null,
    times: null,
    reason: null,
    approvalId: null,
    approvedBy: null,
    hash: 'ff',
  },
};

test.for([
  ['=1+1', "'=1+1"],
  ['+49', "'+49"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['two\nlines', '"two\nlines"'],
  ['1-1=0', '1-1=0'],
] as const)('a cell with %j is written as %j', ([text, written]) => {
  const csv = writeExport([{ ...entry, reason: text }], 'csv');
  expect(csv.slice(csv.indexOf('\r\n') + 2)).toBe(
    `1,2026-11-21T12:00:00Z,change,,gateway,,,a,,,done,,,,,${written},[],ff\r\n`,
  );
});

test('a line of JSON is an entry as the API shows it', () => {
  expect(JSON.parse(writeExport([entry], 'jsonl'))).toEqual(entry);
});
