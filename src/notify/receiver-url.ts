import { z } from 'zod';

/** An `http:` or `https:` address without user, password and fragment that `fits`; `expected` is what is said of any other. */
export function receiverUrl(expected: string, fits: (url: URL) => boolean = () => true) {
  const error = `expected ${expected}`;
  return z
    .string({ error })
    .max(2048, { error, abort: true })
    .refine((text) => isReceiver(text) && fits(new URL(text)), { error });
}

function isReceiver(text: string): boolean {
  if (!URL.canParse(text) || text !== text.trim()) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && hash === '';
}
