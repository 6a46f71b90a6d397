import type { Json } from './json.ts';
import { isJsonObject } from './json.ts';
import type { CauseCode } from './verdict.ts';

/**
 * Texts that name the cause (product.md, "Texts that name the cause of a red canary", and what the usual drivers and pools
 * say). The first match decides: what lies deeper comes first, because an exhausted pool is often only what follows.
 */
const NAMES: readonly (readonly [code: CauseCode, pattern: RegExp])[] = [
  [
    'db_connections_exhausted',
    /too many clients already|remaining connection slots|too many connections|no more connections allowed|max number of clients reached/i,
  ],
  [
    'credential_rejected',
    /password authentication failed|\b28P01\b|^28000$|no pg_hba\.conf entry|NOAUTH|WRONGPASS|access denied for user|invalid username-password pair/i,
  ],
  ['pgbouncer_prepared_statement', /prepared statement .{0,80}(does not exist|already exists)/i],
  [
    'dependency_unreachable',
    /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|terminating connection|connection terminated|connection refused|could not connect to server|database system is (starting up|shutting down|in recovery|not yet accepting)/i,
  ],
  [
    'slow_query',
    /canceling statement|QueryCanceled|\b57014\b|query read timeout|maximum statement execution time exceeded/i,
  ],
  [
    'pool_exhausted',
    /timeout exceeded when trying to connect|acquir.{0,40}time(d )?out|time(d )?out.{0,40}acquir|connection pool exhausted|temporarily busy|timed out fetching a new connection|QueuePool limit|connection is not available, request timed out|couldn't get a connection/i,
  ],
  ['throttled', /RESOURCE_LIMIT|too many concurrent|too many requests|\b(http|status|code|error)\W{0,3}429\b|^429$/i],
];

/** What servers answer whatever the error is: it names a cause only where nothing else does. */
const LABELS = {
  databaseUnavailable: /database unavailable/i,
  databaseUnreachable: /database_unreachable/i,
  poolExhausted: /pool_exhausted/i,
  backlog: /connection_pool_backlog/i,
  replicaLag: /replica_lag_exceeded/i,
  draining: /^(draining|shutting[ _]?down)$|\bserver is (draining|shutting down)\b/i,
} as const;
export type Label = keyof typeof LABELS;

/** The cause that a text names by itself; null: none. A wrapper such as `pool_exhausted:` counts for nothing here. */
export function namedCause(texts: readonly string[]): CauseCode | null {
  return NAMES.find(([, pattern]) => texts.some((text) => pattern.test(unwrap(text))))?.[0] ?? null;
}

export function hasLabel(texts: readonly string[], label: Label): boolean {
  return texts.some((text) => LABELS[label].test(text));
}

/** Labels out, lest `pool_exhausted` beside a timeout of something else reads as one. */
function unwrap(text: string): string {
  return text.replace(/pool_exhausted:?/gi, ' ');
}

const MAX_WORDS = 40;
const MAX_WORD = 500;
const MAX_DEPTH = 5;
/** Numbers under these keys are as good as words. */
const CODES = new Set(['status', 'statusCode', 'status_code', 'code', 'sqlstate']);

/**
 * What an answer says in words: the texts inside its JSON, so that a figure of 429 is not taken for a refusal; where it
 * is no JSON, the text itself.
 */
export function wordsIn(json: Json | undefined, text: string | null): readonly string[] {
  if (!isJsonObject(json) && !Array.isArray(json)) return text === null || text === '' ? [] : [text];
  const words: string[] = [];
  collect(json, null, 0, words);
  return words;
}

function collect(value: Json, key: string | null, depth: number, words: string[]): void {
  if (words.length >= MAX_WORDS || depth > MAX_DEPTH) return;
  if (typeof value === 'string') words.push(value.slice(0, MAX_WORD));
  else if (typeof value === 'number' && key !== null && CODES.has(key)) words.push(String(value));
  else if (Array.isArray(value)) for (const one of value.slice(0, MAX_WORDS)) collect(one, key, depth + 1, words);
  else if (isJsonObject(value))
    for (const [name, one] of Object.entries(value).slice(0, MAX_WORDS)) collect(one, name, depth + 1, words);
}
