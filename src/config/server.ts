import { isJsonObject, type Json } from '../core/json.ts';
import type { Calendar } from '../core/ports.ts';
import type { ServerSource } from '../core/server.ts';
import { maskCommand } from '../core/target.ts';
import type { ConfiguredServer, Entry, Mistake } from './config.ts';
import { checkServerKeys } from './cross-checks.ts';
import { explain, issueWords } from './explain.ts';
import { maskEntry, serverSecrets, wordsOf } from './mask.ts';
import { withDefaults } from './merge.ts';
import { type ParsedParts, parseMerged } from './parse-merged.ts';
import { serverSchema } from './server-schema.ts';
import { hidesInServer } from './show.ts';
import { toServer } from './to-server.ts';

export interface ServerContext {
  /** References resolved. */
  readonly defaults: Entry;
  readonly calendar: Calendar;
  readonly channelIds: readonly string[];
  /** `monitor.client_name` */
  readonly clientName: string;
}

export interface ServerSources {
  /** References resolved. */
  readonly resolved: Json;
  /** The same as a person wrote it: what may be shown once masked. */
  readonly written: Json;
  readonly source: ServerSource;
  /** What the schema made of the entry and of the defaults, where it was asked already. */
  readonly parsed?: ParsedParts;
}

export type ServerResult =
  | { readonly ok: true; readonly configured: ConfiguredServer }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** The server that an entry and the defaults add up to. Paths of mistakes start at the entry. */
export function serverOf(
  { resolved, written, source, parsed: parts }: ServerSources,
  context: ServerContext,
): ServerResult {
  if (!isJsonObject(resolved) || !isJsonObject(written))
    return { ok: false, mistakes: mistakesIn(resolved, written, context) };
  const merged = withDefaults(context.defaults, resolved);
  const parsed =
    parts === undefined ? serverSchema.safeParse(merged) : parseMerged({ merged, resolved, ...context }, parts);
  const crossed = checkServerKeys(merged, [], context);
  if (!parsed.success || crossed.length > 0) return { ok: false, mistakes: [...mistakesIn(merged, merged, context)] };
  const server = toServer(parsed.data, {
    source,
    clientName: context.clientName,
    shown: maskCommand(wordsOf(written['command'])),
  });
  const secrets = serverSecrets(written);
  return { ok: true, configured: { server, entry: maskEntry(written, secrets), secrets } };
}

/** Everything that is wrong with an entry, before the defaults are merged in. */
export function mistakesIn(resolved: Json, written: Json, context: ServerContext): readonly Mistake[] {
  const parsed = serverSchema.safeParse(resolved, { error: issueWords });
  const issues = parsed.success ? [] : explain(parsed.error.issues, { root: written, hides: hidesInServer });
  return [...issues, ...checkServerKeys(resolved, [], context)];
}
