import { isIP } from 'node:net';
import { z } from 'zod';
import { parseListen } from './listen.ts';

const HTTP_EXPECTED = 'expected an address that starts with `http://` or `https://`';
const NONE_EXPECTED = 'expected an address such as `https://example.com/`, or `""` for none';
/** RFC 9110 section 5.6.2: what a header's name is made of. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** RFC 9110 section 5.5, without the obsolete bytes above 0xFF and without line ends. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8192}$/;
/** What a probe sets itself: a second copy would break the request or the session. */
const OWN_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'keep-alive',
  'mcp-protocol-version',
  'mcp-session-id',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export const idField = z
  .string({ error: 'expected an id of a-z, 0-9 and -, 1 to 64 characters' })
  .regex(/^[a-z0-9-]{1,64}$/, { error: 'expected an id of a-z, 0-9 and -, 1 to 64 characters' });

/** Of a server: `/servers/{id}` must be its own. */
export const serverId = idField.refine((id) => id !== 'beats', {
  error: 'is taken by the API, which answers `/servers/beats` itself; choose another id',
});

export const flag = z.boolean({ error: 'expected `true` or `false`' });

export const tagList = z.array(line(64), { error: 'expected a list of tags, such as `[prod]`' }).max(50, {
  error: 'expected at most 50 tags',
});

export const channelList = z.array(line(64), { error: 'expected a list of channel ids, such as `[ops]`' }).max(100, {
  error: 'expected at most 100 channels',
});

/** One line of text, 1 to `max` characters. */
export function line(max: number) {
  const error = `expected text of 1 to ${max} characters`;
  return z
    .string({ error })
    .min(1, { error, abort: true })
    .max(max, { error, abort: true })
    .refine((text) => !/\p{Cc}/u.test(text), { error: 'expected one line of text without control characters' });
}

/** A text that is secret: never shown, not even in a mistake. */
export const secretText = z
  .string({ error: 'expected text; put it in quotes' })
  .min(1, { error: 'is empty; give a value, or leave the key out' })
  .max(8192, { error: 'expected at most 8192 characters' })
  .regex(HEADER_VALUE, { error: 'expected one line of text without control characters' });

export function wholeNumber(min: number, max: number) {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** An `http:` or `https:` address without user, password and fragment. */
export const httpUrl = z
  .string({ error: HTTP_EXPECTED })
  .max(2048, { error: 'expected at most 2048 characters', abort: true })
  .superRefine((text, context) => {
    const problem = urlProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

/** The same, or nothing. */
export const httpUrlOrNone = z
  .string({ error: NONE_EXPECTED })
  .max(2048, { error: 'expected at most 2048 characters', abort: true })
  .superRefine((text, context) => {
    const problem = text === '' ? null : urlProblem(text);
    if (problem !== null)
      context.addIssue({ code: 'custom', message: problem === HTTP_EXPECTED ? NONE_EXPECTED : problem });
  });

function urlProblem(text: string): string | null {
  if (!URL.canParse(text) || text !== text.trim()) return HTTP_EXPECTED;
  const { protocol, username, password, hash } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return HTTP_EXPECTED;
  if (username !== '' || password !== '') {
    return 'holds a user or password; put them under `auth: { type: basic, username: …, password: … }`';
  }
  return hash === '' ? null : 'holds a `#…`, which is never sent; remove it';
}

export const headerMap = z.record(
  z
    .string()
    .regex(HEADER_NAME, { error: 'is not a header name; expected letters, digits and -', abort: true })
    .refine((name) => !OWN_HEADERS.has(name.toLowerCase()), {
      error: 'is a header the monitor sets itself; remove it',
    }),
  z
    .string({ error: 'expected text; put it in quotes' })
    .regex(HEADER_VALUE, { error: 'expected one line of text without control characters' }),
  { error: 'expected header names and their values, such as `{ X-Api-Key: "${ORDERS_KEY}" }`' },
);

const COMMAND_EXPECTED = 'expected a list of the program and its arguments, such as `[npx, -y, some-server]`';
const WORD_MAX = 8192;

/** A word of a command line, or a variable's value: C reads both up to the first NUL. */
const word = z
  .string({ error: 'expected text; put it in quotes' })
  .max(WORD_MAX, { error: `expected at most ${WORD_MAX} characters` })
  .regex(/^[^\0]*$/, { error: 'expected text without the character NUL' });

/** What starts a server as a process; no shell reads it. */
export const commandList = z
  .array(word, { error: COMMAND_EXPECTED })
  .min(1, { error: `is empty; ${COMMAND_EXPECTED}`, abort: true })
  .max(100, { error: 'expected at most 100 arguments' })
  .refine(([program]) => program?.trim() !== '', { error: COMMAND_EXPECTED });

/** Environment variables; a name with `=` or NUL would be another one to the process. */
export const environment = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/, {
    error: 'is not a variable’s name; expected letters, digits and _',
  }),
  word,
  { error: 'expected names and their values, such as `{ LOG_LEVEL: error }`' },
);

/** A range of addresses; a bare address is a range of one. */
export const cidr = z
  .string({ error: 'expected a range of addresses such as `10.0.0.0/8` or `fd00::/8`' })
  .superRefine((text, context) => {
    if (!isCidr(text)) {
      context.addIssue({ code: 'custom', message: 'expected a range of addresses such as `10.0.0.0/8` or `fd00::/8`' });
    }
  });

function isCidr(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}

/** `10.0.0.0/8`, with the length of a bare address added. */
export function asRange(text: string): string {
  if (text.includes('/')) return text;
  return `${text}/${isIP(text) === 6 ? 128 : 32}`;
}

const LISTEN_EXPECTED = 'expected HOST:PORT such as `127.0.0.1:8080` or `[::1]:8080`';
export const listenAddress = z
  .string({ error: LISTEN_EXPECTED })
  .refine((text) => parseListen(text) !== null, { error: LISTEN_EXPECTED });

export const TIMEZONE_EXPECTED = 'expected a time zone such as `Europe/Berlin`';

/** An IANA time zone, as this machine's Node knows them. */
export const timezone = z.string({ error: TIMEZONE_EXPECTED }).refine(isTimezone, { error: TIMEZONE_EXPECTED });

export function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
