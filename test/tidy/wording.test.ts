import { expect, it } from 'vitest';
import { wording } from './wording.ts';

// Put together here, so that this file passes the rule itself.
it.each([
  [`see ${'/'}home/jo/notes.md`],
  [`run ${'/'}root/start`],
  [`"${'/'}work/main"`],
  [`${'C:'}\\Users\\jo`],
  [`https://${'registry'}.npmjs.org/pg`],
  [`${'registry'}=https://example.com`],
  [`written by an ${'assist'}ant`],
  [`${'AI'}-generated`],
  [`${'Co'}-authored-by: Jo`],
  [`as agreed in an ${'earlier'} session`],
  [`// ${'TO'}DO: later`],
])('a text does not say: %s', (text) => {
  expect(wording([{ path: 'docs/guide.md', text: `# Guide\n\n${text}\n` }])).toMatchObject([{ line: 3 }]);
});

it.each([
  ['https://example.com/home/jo/'],
  ['The session of a panel user ends after an hour'],
  ['`$' + '{base}/work/$' + '{id}`'],
  ['It generated a certificate'],
  ['docker pull from the container registry'],
])('a text may say: %s', (text) => {
  expect(wording([{ path: 'docs/guide.md', text }])).toEqual([]);
});
