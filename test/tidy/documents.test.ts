import { describe, expect, it } from 'vitest';
import { documentLinks, documentTitles } from './documents.ts';

describe('titles of documents', () => {
  it.each([['## Only a section\n'], ['\n# Not on the first line\n'], ['# One\n\n# Two\n'], ['']])(
    'are not: %j',
    (text) => {
      expect(documentTitles([{ path: 'docs/guide.md', text }])).toHaveLength(1);
    },
  );

  it('stand once on the first line; a comment of a shell is none', () => {
    const text = '# Guide\n\n```sh\n# start it\nnpm start\n```\n\n## Then\n';
    expect(documentTitles([{ path: 'docs/guide.md', text }])).toEqual([]);
  });
});

describe('links', () => {
  const linksOf = (link: string) =>
    documentLinks([
      { path: 'docs/guides/start.md', text: `# Start\n\n${link}\n` },
      { path: 'docs/errors.md', text: '# Errors\n' },
      { path: 'src/kernel/money.ts', text: '' },
    ]);

  it.each([
    ['[x](../missing.md)'],
    ['[x](errors.md#code "Title")'],
    ['![x](picture.png)'],
    ['[x]: ../missing.md'],
    ['[x](../../src/kernel/mony.ts)'],
  ])('lead nowhere: %s', (link) => {
    expect(linksOf(link)).toMatchObject([{ line: 3 }]);
  });

  it.each([
    ['[x](../errors.md#not_found)'],
    ['[x](<../errors.md>)'],
    ['[x](../../src/kernel/)'],
    ['[x](#then)'],
    ['[x](https://example.com/missing.md)'],
    ['[x](mailto:jo@example.com)'],
    ['`[x](missing.md)`'],
  ])('lead somewhere: %s', (link) => {
    expect(linksOf(link)).toEqual([]);
  });
});
