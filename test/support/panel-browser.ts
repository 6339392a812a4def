import { call } from './api-client.ts';

type Options = Omit<NonNullable<Parameters<typeof call>[1]>, 'key'>;

/** A browser at the panel: keeps cookies, and says that its requests come from the panel's own pages. */
export class PanelBrowser {
  readonly #apiUrl: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly cookies = new Map<string, string>();

  constructor(apiUrl: string, headers: Readonly<Record<string, string>> = {}) {
    this.#apiUrl = apiUrl;
    this.#headers = headers;
  }

  async send(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, options: Options = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await call(`${this.#apiUrl}/api/v1${path}`, {
      ...options,
      method,
      headers: {
        'sec-fetch-site': 'same-origin',
        'user-agent': 'Test browser',
        ...(cookie === '' ? {} : { cookie }),
        ...this.#headers,
        ...options.headers,
      },
    });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) this.#keep(line);
    return answer;
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';');
    const name = pair.slice(0, pair.indexOf('='));
    if (/Max-Age=0/.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(name.length + 1));
  }
}
