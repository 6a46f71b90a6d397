import { maskUrl } from './url.ts';

/** The revisions of the Model Context Protocol that a server can be pinned to, newest first. */
export const REVISIONS = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
export type Revision = (typeof REVISIONS)[number];

/** How a server is reached. `auto` is found out by the probe. */
export type Target =
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly transport: 'auto' | 'http' | 'sse';
      readonly protocol: 'auto' | Revision;
    }
  | {
      readonly kind: 'stdio';
      /** The program and its arguments; never empty. */
      readonly command: readonly string[];
      /** The same as it may be shown: references unresolved, secrets masked. */
      readonly shown: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly protocol: 'auto' | Revision;
    };

/** Anything that has a target, such as a server. */
interface Targeted {
  readonly target: Target;
}

export type HttpTarget = Extract<Target, { kind: 'http' }>;
export type StdioTarget = Extract<Target, { kind: 'stdio' }>;

/** What all servers that are started as a process share in place of an origin. */
export const STDIO_ORIGIN = 'stdio';

/** Where a server is, as it may be shown: its URL without credentials and query values, or its command line. */
export function addressOf({ target }: Targeted): string {
  return target.kind === 'http' ? maskUrl(target.url) : commandLine(target.shown);
}

/** What limits of probes at once hang on: the origin of the URL, or STDIO_ORIGIN. */
export function originOf({ target }: Targeted): string {
  return target.kind === 'http' ? new URL(target.url).origin : STDIO_ORIGIN;
}

/** An address out of a notice, masked once more should it be a URL. */
export function shownAddress(address: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? maskUrl(address) : address;
}

/** One line that a shell would take apart the same way. */
export function commandLine(command: readonly string[]): string {
  return command
    .map((word) => (/^[\w@%+=:,./${}*-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

const SECRET_NAME = /key|token|secret|passw|credential|auth/i;
const MASK = '***';

/** A command as it may be shown: without the values of options and variables named like secrets, and without those in addresses. */
export function maskCommand(command: readonly string[]): readonly string[] {
  return command.map((word, at) => {
    const before = command[at - 1] ?? '';
    const isValue = /^--?[^=]+$/.test(before) && SECRET_NAME.test(before) && !word.startsWith('-');
    if (isValue) return MASK;
    const [, name = '', value = ''] = /^([^=\s]+)=(.+)$/s.exec(word) ?? [];
    if (value !== '') return `${name}=${SECRET_NAME.test(name) ? MASK : maskWord(value)}`;
    return maskWord(word);
  });
}

function maskWord(word: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/.*[?#@]/is.test(word) ? maskUrl(word) : word;
}
