/** A body, as bytes, that is no JSON as money needs it or is not sent as JSON. */
export interface BadBody {
  readonly title: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly code: string;
  readonly pointers?: readonly string[];
  /** What must not come back. */
  readonly hidden?: string;
}

const withAmount = (literal: string, currency = 'EUR') =>
  `{"reference":"zq7-raw","currency":"${currency}","amount":${literal}}`;

const malformed = (title: string, body: string | Buffer, hidden?: string): BadBody => ({
  title,
  body,
  status: 400,
  code: 'malformed_json',
  ...(hidden === undefined ? {} : { hidden }),
});

const notWhole = (title: string, literal: string, currency?: string): BadBody => ({
  title,
  body: withAmount(literal, currency),
  status: 422,
  code: 'validation_failed',
  pointers: ['/amount'],
  hidden: literal,
});

const refusedType = (title: string, headers: Readonly<Record<string, string>>): BadBody => ({
  title,
  body: withAmount('1250'),
  headers,
  status: 415,
  code: 'unsupported_media_type',
});

const UTF8 = Buffer.from(withAmount('1250'));

export const BAD_BODIES: readonly BadBody[] = [
  malformed('a number beyond every float', withAmount('1e400'), '1e400'),
  malformed('an exponent', withAmount('1e3'), '1e3'),
  malformed('an exponent in capitals', withAmount('125E1'), '125E1'),
  malformed('a negative exponent', withAmount('125000e-2'), '125000e-2'),
  malformed('an integer that a float would round', withAmount('9007199254740993'), '9007199254740993'),
  malformed('a number of 400 digits', withAmount('9'.repeat(400)), '9'.repeat(20)),
  malformed('not a number', withAmount('NaN'), 'NaN'),
  malformed('infinity', withAmount('Infinity'), 'Infinity'),
  malformed('a hexadecimal number', withAmount('0x4e2'), '0x4e2'),
  malformed('a leading nought', withAmount('01250'), '01250'),
  malformed('a leading plus', withAmount('+1250'), '+1250'),
  malformed('digits of another script', withAmount('١٢٥٠'), '١٢٥٠'),
  notWhole('a fraction of nought', '1250.0'),
  notWhole('a fraction', '1250.5'),
  notWhole('more decimals than the yen has', '1250.50', 'JPY'),
  notWhole('more decimals than the dinar has', '12.3456', 'KWD'),
  notWhole('a long fraction', '1250.00000000000000000001'),
  { ...notWhole('a negative number', '-1250'), hidden: '-1250' },
  { ...notWhole('a negative nought', '-0'), hidden: '-0"' },
  malformed('the same key twice', '{"reference":"zq7-raw","amount":1250,"amount":99999}', '99999'),
  malformed('the same key in another spelling', '{"reference":"zq7-raw","amount":1,"\\u0061mount":2}'),
  malformed('a prototype', '{"reference":"zq7-raw","amount":1250,"__proto__":{"polluted":"zq7"}}', 'polluted'),
  malformed('a prototype by its constructor', '{"constructor":{"prototype":{"polluted":"zq7"}}}', 'polluted'),
  malformed('a hundred thousand lists in lists', '['.repeat(100_000)),
  malformed('a hundred thousand objects in objects', '{"a":'.repeat(40_000)),
  malformed('bytes that are no UTF-8', Buffer.concat([UTF8.subarray(0, 15), Buffer.from([0xc3, 0x28]), UTF8])),
  malformed('an overlong encoding', Buffer.concat([UTF8.subarray(0, 15), Buffer.from([0xc0, 0xaf]), UTF8])),
  malformed('UTF-16', Buffer.from(withAmount('1250'), 'utf16le')),
  malformed('a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), UTF8])),
  malformed('half a surrogate pair', '{"reference":"zq7-raw","amount":1250,"description":"\\ud800"}'),
  malformed('the character U+0000', '{"reference":"zq7-raw","amount":1250,"description":"a\\u0000b"}'),
  malformed('a raw line break in a text', '{"reference":"zq7\n-raw","amount":1250}'),
  malformed('a trailing comma', '{"reference":"zq7-raw","amount":1250,}'),
  malformed('single quotes', "{'reference':'zq7-raw','amount':1250}"),
  malformed('a comment', '{"reference":"zq7-raw",/* zq7 */"amount":1250}'),
  malformed('two values', `${withAmount('1250')}${withAmount('1250')}`),
  malformed('an end too early', withAmount('1250').slice(0, -1)),
  malformed('blanks alone', '   '),
  { title: 'a list', body: '[]', status: 422, code: 'validation_failed', pointers: [''] },
  { title: 'a text', body: '"zq7"', status: 422, code: 'validation_failed', pointers: [''] },
  { title: 'null', body: 'null', status: 422, code: 'validation_failed', pointers: [''] },
  {
    title: 'nothing at all',
    body: '',
    status: 422,
    code: 'validation_failed',
    pointers: ['/reference', '/amount'],
  },
  {
    title: '300 KiB',
    body: `{"reference":"zq7-raw","amount":1250,"description":"${'z'.repeat(300 * 1024)}"}`,
    status: 413,
    code: 'body_too_large',
  },
  {
    title: 'one byte over 256 KiB',
    body: withAmount('1250').padEnd(256 * 1024 + 1, ' '),
    status: 413,
    code: 'body_too_large',
  },
  refusedType('a form', { 'content-type': 'application/x-www-form-urlencoded' }),
  refusedType('plain text', { 'content-type': 'text/plain' }),
  refusedType('no content type', { 'content-type': '' }),
  refusedType('another JSON', { 'content-type': 'application/merge-patch+json' }),
  refusedType('another character set', { 'content-type': 'application/json; charset=latin1' }),
  refusedType('gzip', { 'content-encoding': 'gzip' }),
  refusedType('brotli', { 'content-encoding': 'br' }),
];
