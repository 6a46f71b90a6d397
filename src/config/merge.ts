import { isJsonObject, type Json } from '../core/json.ts';
import type { Entry } from './config.ts';
import { maskedUrl } from './mask.ts';

/** A server's entry over the defaults: key by key at every depth; lists and everything else replace. */
export function withDefaults(defaults: Entry, entry: Entry): Entry {
  return over(yielding(defaults, entry), entry);
}

/**
 * JSON merge patch (RFC 7396): null removes, what is left out stays. On top of it `{ set: true }` keeps the secret that
 * is stored, an address as it was shown keeps the stored one, and a key that takes another's place (`cron` for `interval`)
 * removes it.
 */
export function mergePatch(stored: Entry, patch: Entry): Entry {
  return patched(yielding(stored, patch), patch);
}

function over(base: Entry, top: Entry): Entry {
  const merged = Object.entries(top).map(([key, value]) => {
    const below = base[key];
    return [key, isJsonObject(below) && isJsonObject(value) ? over(below, value) : value] as const;
  });
  return Object.fromEntries([...Object.entries(base), ...merged]);
}

function patched(stored: Entry, patch: Entry): Entry {
  const kept = Object.entries(stored).filter(([key]) => !Object.hasOwn(patch, key));
  const changed = Object.entries(patch)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => [key, patchedValue(Object.hasOwn(stored, key) ? stored[key] : undefined, value)] as const);
  return Object.fromEntries([...kept, ...changed]);
}

function patchedValue(stored: Json | undefined, value: Json): Json {
  if (stored !== undefined && isSecretMark(value)) return stored;
  if (typeof stored === 'string' && typeof value === 'string') return value === maskedUrl(stored) ? stored : value;
  if (isSecretMark(value) || !isJsonObject(value)) return value;
  return patched(isJsonObject(stored) ? stored : {}, value);
}

/** `{ set: true }`: there is a secret, and it is not shown. */
export function isSecretMark(value: Json | undefined): boolean {
  return isJsonObject(value) && value['set'] === true && Object.keys(value).length === 1;
}

/** Keys that belong to `url`. */
export const HTTP_ONLY = ['transport', 'headers', 'auth'] as const;

/** Keys that take the place of others. What only means something over HTTP is no default for a process. */
const DISPLACES: readonly (readonly [key: string, displaced: readonly string[]])[] = [
  ['cron', ['interval', 'starts_at']],
  ['interval', ['cron', 'timezone']],
  ['starts_at', ['cron', 'timezone']],
  ['command', HTTP_ONLY],
];

/** Without what `top` replaces as a whole although the keys differ. */
function yielding(base: Entry, top: Entry): Entry {
  const rest = { ...base };
  for (const [key, displaced] of DISPLACES)
    for (const other of isWritten(top, key) ? displaced : []) delete rest[other];
  const { auth, canary, health_url: healthUrl } = base;
  if (isJsonObject(auth) && isJsonObject(top['auth'])) {
    if (isOther(auth, top['auth'], 'type')) delete rest['auth'];
    else rest['auth'] = withoutOtherProof(auth, top['auth']);
  }
  if (isJsonObject(canary) && isJsonObject(top['canary']) && isOtherCanary(canary, top['canary']))
    delete rest['canary'];
  if (typeof healthUrl === 'string' && isJsonObject(top['health_url']))
    return { ...rest, health_url: { ready: healthUrl } };
  return rest;
}

/** A secret takes the place of a key, and the other way round. */
function withoutOtherProof(base: Entry, top: Entry): Entry {
  const { client_secret: secret, private_key: key, algorithm, ...rest } = base;
  if (isWritten(top, 'private_key') && secret !== undefined) return rest;
  return isWritten(top, 'client_secret') && key !== undefined ? rest : base;
}

function isWritten(entry: Entry, key: string): boolean {
  return entry[key] !== undefined && entry[key] !== null;
}

function isOther(base: Entry, top: Entry, key: string): boolean {
  return isWritten(top, key) && base[key] !== top[key];
}

function isOtherCanary(base: Entry, top: Entry): boolean {
  return isOther(base, top, 'tool') || isOther(base, top, 'resource');
}
