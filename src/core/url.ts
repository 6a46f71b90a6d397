const MASK = '***';

/** A URL that may be shown: no user or password, no fragment, query names without their values. Not a URL: nothing of it. */
export function maskUrl(url: string): string {
  if (!URL.canParse(url)) return '';
  const { protocol, host, pathname, searchParams } = new URL(url);
  const names = [...searchParams.keys()].map((name) => `${encodeURIComponent(name)}=${MASK}`);
  return `${protocol}//${host}${pathname}${names.length === 0 ? '' : `?${names.join('&')}`}`;
}
