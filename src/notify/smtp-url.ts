/** An SMTP server as its URL names it. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /**
   * `implicit`: TLS from the start (`smtps:`), certificate checked. `required`: STARTTLS or nothing, certificate checked.
   * `offered`: STARTTLS where offered; who can strip the offer can also forge a certificate, so it is not checked (RFC 7435).
   * `never`: in the clear.
   */
  readonly tls: 'implicit' | 'required' | 'offered' | 'never';
  readonly login: { readonly user: string; readonly password: string } | null;
}

const PORTS = { smtp: 587, smtps: 465 } as const;

/**
 * Scheme, optional user:password, host, optional port, optional query. Read by hand and not as a URL so that a password
 * taken from the environment may hold `@`, `/`, `#` or `?` as it is: the last `@` ends it.
 */
const SHAPE = /^(smtps?):\/\/(?:(.*)@)?(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?\/?(?:\?([a-z]+)=([a-z]+))?$/is;

/** null when it is not an SMTP URL as documented in docs/reference/channels.md. */
export function parseSmtpUrl(text: string): SmtpServer | null {
  const [, scheme, userinfo, host, port, key, value] = SHAPE.exec(text) ?? [];
  if (scheme === undefined || host === undefined) return null;
  const isImplicit = scheme.toLowerCase() === 'smtps';
  const tls = isImplicit ? (key === undefined ? 'implicit' : null) : tlsOf(key, value);
  const number = port === undefined ? PORTS[isImplicit ? 'smtps' : 'smtp'] : Number(port);
  if (tls === null || number < 1 || number > 65_535) return null;
  return { host: host.replace(/^\[|\]$/g, ''), port: number, tls, login: loginOf(userinfo) };
}

function tlsOf(key: string | undefined, value: string | undefined): 'required' | 'offered' | 'never' | null {
  if (key === undefined) return 'offered';
  return key === 'tls' && (value === 'required' || value === 'never') ? value : null;
}

function loginOf(userinfo: string | undefined): SmtpServer['login'] {
  if (!userinfo) return null;
  const colon = userinfo.indexOf(':');
  const [user, password] = colon === -1 ? [userinfo, ''] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)];
  return { user: decode(user), password: decode(password) };
}

/** Percent-decodes; a text in which `%` stands for itself is taken as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
