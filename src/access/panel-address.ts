/** Where people use the panel. */
export interface PanelAddress {
  /** Where its pages are, without a slash at the end. */
  readonly url: string;
  /** What browsers call it in `Origin`. */
  readonly origin: string;
  readonly hostname: string;
  /** The name that passkeys are bound to; null: browsers make none for an IP address. */
  readonly passkeyName: string | null;
}

/**
 * Where the panel lies on the host it is served at, be that the admin's own or one for everything. Its build and its
 * router (web/admin/base.ts) take the same path.
 */
export const PANEL_PATH = '/admin';

/** The panel of the admin host with this address. */
export function panelAddress(adminUrl: string): PanelAddress {
  const { origin, hostname } = new URL(adminUrl);
  const isAddress = hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
  return { url: `${origin}${PANEL_PATH}`, origin, hostname, passkeyName: isAddress ? null : hostname };
}

/** A page of the panel that takes a token: behind `#`, where no server, log or proxy sees it. */
export function panelLink({ url }: PanelAddress, page: 'setup' | 'invitation', token: string): string {
  return `${url}/${page}#${token}`;
}
