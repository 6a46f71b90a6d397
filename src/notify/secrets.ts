const MASK = '[secret]';
/** Parts of a secret shorter than this are words, not tokens. */
const MIN_PART = 16;

interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Every form in which a receiver may repeat what is secret in a request: the values as configured, what the address holds
 * beyond its host (chat and pager addresses carry their token there), the header that proves who we are, and the parts of each.
 */
export function secretForms(values: readonly string[], { url, headers }: Sent): readonly string[] {
  const { pathname, search, searchParams } = new URL(url);
  const proof = headers['authorization'] ?? '';
  const whole = [...values, proof];
  const parts = [...whole, pathname].flatMap((text) => text.split(/[\s:/?&=]|^[a-z]+_/));
  const address = pathname === '/' ? [] : [url, `${pathname}${search}`];
  return [
    ...whole,
    ...address,
    search,
    ...searchParams.values(),
    ...parts.filter((part) => part.length >= MIN_PART),
  ].filter((form) => form !== '');
}

/** The same settings with a text in place of each secret that is set; an address keeps its host. */
export function masked<Settings extends object>(settings: Settings, secrets: readonly string[]): Settings {
  return new Proxy(settings, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      return secrets.includes(String(key)) && value !== undefined ? mask(String(value)) : value;
    },
  });
}

/** Headers as they may be shown: of what proves who we are, the scheme alone. */
export function withoutProof(headers: Sent['headers']): Sent['headers'] {
  const { authorization, ...others } = headers;
  if (authorization === undefined) return headers;
  return { ...others, authorization: authorization.replace(/ .*/s, ` ${MASK}`) };
}

function mask(value: string): string {
  return URL.canParse(value) && /^https?:/.test(value) ? `${new URL(value).origin}/${MASK}` : MASK;
}
