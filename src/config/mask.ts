import type { Json } from '../core/json.ts';
import { maskCommand } from '../core/target.ts';
import { maskUrl } from '../core/url.ts';
import type { Entry, Path } from './config.ts';

/** What a server's entry may hold that is secret. `*` stands for every key. */
const SERVER_SECRETS = [
  ['headers', '*'],
  ['env', '*'],
  ['health_url', 'headers', '*'],
  ['auth', 'token'],
  ['auth', 'password'],
  ['auth', 'client_secret'],
  ['auth', 'private_key'],
] as const;

/** Where the secrets of a server's entry are. */
export function serverSecrets(entry: Entry): readonly Path[] {
  return SERVER_SECRETS.flatMap((pattern) => secretsAt(entry, pattern, []));
}

/** Where the secrets of a channel's entry are; its kind names them. */
export function channelSecrets(entry: Entry, secrets: readonly string[]): readonly Path[] {
  return secrets.flatMap((name) => secretsAt(entry, name.split('.'), []));
}

/** The entry as it may be shown: secrets as `{ set: true }`, addresses without user, password and the values of their query. */
export function maskEntry(entry: Entry, secrets: readonly Path[]): Entry {
  const hidden = new Set(secrets.map((path) => JSON.stringify(path)));
  const mask = (value: Json, path: Path): Json => {
    if (path.length === 1 && path[0] === 'command') return maskCommand(wordsOf(value));
    if (hidden.has(JSON.stringify(path))) return { set: true };
    if (typeof value === 'string') return maskedUrl(value);
    if (typeof value !== 'object' || value === null) return value;
    if (isList(value)) return value.map((item, index) => mask(item, [...path, index]));
    return maskKeys(value, path);
  };
  const maskKeys = (value: Entry, path: Path): Entry =>
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mask(item, [...path, key])]));
  return maskKeys(entry, []);
}

/** An address as it may be shown; any other text, and an address that hides nothing, as it is. */
export function maskedUrl(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !/[?#@]/.test(text)) return text;
  return URL.canParse(text) ? maskUrl(text) : text.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//');
}

/** The words of a command as written. */
export function wordsOf(command: Json | undefined): readonly string[] {
  return Array.isArray(command) ? command.map(String) : [];
}

function secretsAt(value: Json | undefined, pattern: readonly string[], path: Path): readonly Path[] {
  const [step, ...rest] = pattern;
  if (value === undefined || value === null || value === '') return [];
  if (step === undefined) return [path];
  if (typeof value !== 'object' || isList(value)) return [];
  const keys = step === '*' ? Object.keys(value) : [step];
  return keys.flatMap((key) => secretsAt(value[key], rest, [...path, key]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
