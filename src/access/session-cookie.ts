/**
 * The names of the cookies. By TLS the prefix makes browsers refuse one that was set for a whole domain or in the clear
 * (RFC 6265bis section 4.1.3.2). By plain HTTP, which is for this machine alone, not every browser keeps a `Secure`
 * cookie, so that there it has another name and no such promise.
 */
const NAMES = {
  session: { secure: '__Host-tollgate', plain: 'tollgate-loopback' },
  oidc: { secure: '__Host-tollgate-oidc', plain: 'tollgate-loopback-oidc' },
} as const;

export type CookieKind = keyof typeof NAMES;

/** The value of a cookie; null where it is missing, or there twice: then somebody else has set one of them. */
export function readCookie(header: string | undefined, kind: CookieKind, secure: boolean): string | null {
  const name = nameOf(kind, secure);
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value, ...others] = values;
  return value !== undefined && others.length === 0 && SECRET.test(value) ? value : null;
}

/** 256 bits in base64url. */
const SECRET = /^[\w-]{43}$/;

/** Sets a cookie until the browser is closed; the server alone knows when its session ends. */
export function setCookie(kind: CookieKind, value: string, secure: boolean): string {
  return `${nameOf(kind, secure)}=${value}; ${attributes(secure)}`;
}

/** Takes a cookie away. */
export function clearCookie(kind: CookieKind, secure: boolean): string {
  return `${nameOf(kind, secure)}=; Max-Age=0; ${attributes(secure)}`;
}

function nameOf(kind: CookieKind, secure: boolean): string {
  return secure ? NAMES[kind].secure : NAMES[kind].plain;
}

/** Strict costs nothing here: the pages are for everybody, and what they ask for is asked from the same site. */
function attributes(secure: boolean): string {
  return `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
