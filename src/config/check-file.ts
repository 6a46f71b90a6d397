import type { z } from 'zod';
import { isJsonObject, type Json } from '../core/json.ts';
import type { Calendar } from '../core/ports.ts';
import type { ChannelKind, Mistake } from './config.ts';
import { checkServerKeys } from './cross-checks.ts';
import { explain, issueWords } from './explain.ts';
import { fileSchema } from './file-schema.ts';
import { isLoopback, parseListen } from './listen.ts';
import { hidesInFile, valueAtPath } from './show.ts';
import { checkWindowKeys } from './window-checks.ts';

export interface Rules {
  readonly calendar: Calendar;
  readonly channelKinds: ReadonlyMap<string, ChannelKind>;
}

/** A file as its schema reads it. */
export type ParsedFile = z.output<ReturnType<typeof fileSchema>>;

/**
 * Everything that is wrong with a file. `written` is it as read, `resolved` the same with its references followed.
 * `parsed` is null where the schema refuses it.
 */
export function checkFile(
  written: Json,
  resolved: Json,
  rules: Rules,
): { readonly parsed: ParsedFile | null; readonly mistakes: readonly Mistake[] } {
  const { success, data, error } = fileSchema(rules.channelKinds).safeParse(resolved, { error: issueWords });
  const issues = success ? [] : explain(error.issues, { root: written, hides: hidesInFile });
  return { parsed: success ? data : null, mistakes: [...issues, ...checkKeys(written, resolved, rules)] };
}

/** What is wrong between the keys of a file. */
function checkKeys(written: Json, resolved: Json, { calendar }: Rules): readonly Mistake[] {
  if (!isJsonObject(resolved)) return [];
  const { monitor, channels, defaults, servers, maintenance, status_pages: pages } = resolved;
  const surroundings = { calendar, channelIds: isJsonObject(channels) ? Object.keys(channels) : [], defaults };
  const entries = Array.isArray(servers) ? servers : [];
  const inText = valueAtPath(written, ['servers']);
  const asWritten: readonly Json[] = Array.isArray(inText) ? inText : [];
  const windows = Array.isArray(maintenance) ? maintenance : [];
  return [
    ...checkListen(monitor),
    ...checkServerKeys(defaults ?? null, ['defaults'], {
      ...surroundings,
      defaults: undefined,
      written: valueAtPath(written, ['defaults']),
    }),
    ...entries.flatMap((entry: Json, index) =>
      checkServerKeys(entry, ['servers', index], { ...surroundings, written: asWritten[index] }),
    ),
    ...checkIds(entries, { at: 'servers', what: 'server' }),
    ...windows.flatMap((entry: Json, index) => checkWindowKeys(entry, ['maintenance', index], { calendar })),
    ...checkIds(windows, { at: 'maintenance', what: 'window' }),
    ...checkIds(Array.isArray(pages) ? pages : [], { at: 'status_pages', what: 'status page' }),
  ];
}

function checkListen(monitor: Json | undefined): readonly Mistake[] {
  if (!isJsonObject(monitor) || typeof monitor['listen'] !== 'string') return [];
  const address = parseListen(monitor['listen']);
  const hasPassword = typeof monitor['password'] === 'string' && monitor['password'] !== '';
  if (address === null || hasPassword || isLoopback(address)) return [];
  const message =
    'others on the network could reach this address; set `monitor.password` as well, or listen on `127.0.0.1`.';
  return [{ path: ['monitor', 'listen'], at: 'value', message }];
}

function checkIds(
  entries: readonly Json[],
  { at, what }: { readonly at: string; readonly what: string },
): readonly Mistake[] {
  const ids = entries.map((entry) => (isJsonObject(entry) ? entry['id'] : undefined));
  const first = new Map<Json, number>();
  return ids.flatMap((id, index) => {
    if (typeof id !== 'string') return [];
    const before = first.get(id);
    if (before === undefined) {
      first.set(id, index);
      return [];
    }
    const message = `there is already a ${what} \`${id.slice(0, 64)}\` (${at}[${before}]); an id belongs to one ${what}.`;
    return [{ path: [at, index, 'id'], at: 'value' as const, message }];
  });
}
