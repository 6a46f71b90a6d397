import type { Json } from '../core/json.ts';
import type { Path } from './config.ts';

/** Everything below these may be secret. */
const HIDDEN_BELOW = new Set(['auth', 'headers', 'arguments', 'env', 'command']);
/** The values of these may be secret or hold a secret, or a person may have put one there. */
const HIDDEN_ITSELF = new Set([...['password', 'store', 'url', 'ready', 'live', 'health_url', 'public_url']]);
/** What every channel has; the settings of its kind are not shown. */
const CHANNEL_KEYS = new Set(['type', 'severity', 'tags', 'quiet']);
const MAX_SHOWN = 40;

/** Whether a value at a path is kept out of messages. */
export type Hides = (path: Path) => boolean;

export const hidesInServer: Hides = (path) =>
  HIDDEN_ITSELF.has(String(path.at(-1))) || path.some((step) => HIDDEN_BELOW.has(String(step)));
export const hidesInChannel: Hides = ([key]) => !CHANNEL_KEYS.has(String(key));
export const hidesInFile: Hides = (path) =>
  path[0] === 'channels' && path.length > 1 ? hidesInChannel(path.slice(2)) : hidesInServer(path);

/** What stands at `path`, in words: `"1x"`, `a list`, `nothing`. What is hidden is only named by its type. */
export function show(value: Json | undefined, isHidden: boolean): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys and values';
  if (isHidden) return typeof value === 'string' ? 'text' : `a ${typeof value}`;
  const shown = JSON.stringify(value);
  return shown.length <= MAX_SHOWN ? shown : `${shown.slice(0, MAX_SHOWN).toWellFormed()}…"`;
}

/** What `path` leads to; undefined where it leads nowhere. */
export function valueAtPath(root: Json | undefined, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((value, step) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.entries(value).find(([key]) => key === String(step))?.[1];
  }, root);
}

/** `servers[0].canary.tool` */
export function formatPath(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}
