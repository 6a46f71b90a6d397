import { z } from 'zod';

/** An `http:` or `https:` address without user, password and fragment that `fits`; `expected` is what is said of any other. */
export function receiverUrl(expected: string, fits: (url: URL) => boolean = () => true) {
  const error = `expected ${expected}`;
  return z
    .string({ error })
    .max(2048, { error, abort: true })
    .refine((text) => isReceiver(text) && fits(new URL(text)), { error });
}

/** The address of a server, under which a path of its interface is added; so without a query. */
export function baseUrl(expected: string, fits: (url: URL) => boolean = () => true) {
  return receiverUrl(expected, (url) => url.search === '' && fits(url));
}

/** The address of `path` at a server, whose own address may have a path and may already name this one. */
export function under(base: string, path: string): string {
  const trimmed = base.replace(/\/+$/, '');
  return trimmed.endsWith(`/${path}`) ? trimmed : `${trimmed}/${path}`;
}

function isReceiver(text: string): boolean {
  if (!URL.canParse(text) || text !== text.trim()) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && hash === '';
}
