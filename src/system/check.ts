/** `unknown`: nobody here can tell. */
export const CHECK_STATUSES = ['ok', 'warning', 'failed', 'unknown'] as const;

/** One thing that was looked at, and what to do about it. */
export interface Check {
  readonly name: string;
  readonly status: (typeof CHECK_STATUSES)[number];
  /** One English sentence for a person. */
  readonly detail: string;
  /** What to do; null where there is nothing to be done. */
  readonly fix: string | null;
}

/** What an operator has set, as far as it can be judged without looking anywhere. */
export interface InstalledSettings {
  readonly urls: Readonly<Record<string, string>>;
  readonly hasMailServer: boolean;
  readonly operatorEmail: string | null;
  readonly egressLive: readonly string[];
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** What the settings alone say. Pure. */
export function checkSettings({ urls, hasMailServer, operatorEmail, egressLive }: InstalledSettings): readonly Check[] {
  const plain = Object.entries(urls).filter(([, url]) => {
    const { protocol, hostname } = new URL(url);
    return protocol !== 'https:' && !LOOPBACK.test(hostname);
  });
  const local = Object.values(urls).some((url) => LOOPBACK.test(new URL(url).hostname));
  return [
    plain.length > 0
      ? failed(
          'addresses',
          `Not https: ${plain.map(([name]) => name).join(', ')}.`,
          `Set ${plain.map(([name]) => `TOLLGATE_${name.toUpperCase()}_URL`).join(', ')} to https addresses.`,
        )
      : local
        ? warning('addresses', 'This installation is known to this machine alone.', 'Set the four TOLLGATE_…_URL.')
        : ok('addresses', 'All public addresses are https.'),
    hasMailServer && operatorEmail !== null
      ? ok('mail', 'Mails are sent, and alarms have a reader.')
      : warning(
          'mail',
          hasMailServer
            ? 'Nobody is told of alarms of the installation.'
            : 'No mail is sent; mails wait in their table.',
          hasMailServer ? 'Set TOLLGATE_OPERATOR_EMAIL.' : 'Set SMTP_URL, SMTP_FROM and TOLLGATE_OPERATOR_EMAIL.',
        ),
    egressLive.length > 0
      ? ok('egress', `Requests to tenants come from ${egressLive.length} published addresses.`)
      : warning(
          'egress',
          'Tenants cannot see which addresses our requests come from.',
          'Set TOLLGATE_EGRESS_ADDRESSES_LIVE.',
        ),
    {
      name: 'backup',
      status: 'unknown',
      detail: 'How old the last backup is cannot be seen from here.',
      fix: 'See docs/operating.md.',
    },
  ];
}

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail, fix: null };
}

export function warning(name: string, detail: string, fix: string): Check {
  return { name, status: 'warning', detail, fix };
}

export function failed(name: string, detail: string, fix: string): Check {
  return { name, status: 'failed', detail, fix };
}
