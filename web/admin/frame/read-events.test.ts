import { expect, test } from 'vitest';
import { createEventReader } from './read-events.ts';

test('events are read as they come, however the network cuts them', () => {
  const read = createEventReader();
  const text = 'retry: 2000\n\nid: 1.7\ndata: {"type":"ready"}\n\n:\n\nid: 1.8\ndata: {"a":"b: c"}\n\n';
  const found = [...text].flatMap((letter) => read(letter));
  expect(found).toEqual([
    { id: '1.7', data: '{"type":"ready"}' },
    { id: '1.8', data: '{"a":"b: c"}' },
  ]);
  expect(createEventReader()(text)).toEqual(found);
});
