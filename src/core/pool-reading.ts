import type { Json, JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';
import { callersWaiting, MAX_POOLS, merge, type Pool, type PoolKind, type PoolSource } from './pool.ts';
import { cleanText, oneLine } from './text.ts';

/** What servers call each figure (product.md, "What server authors are taught to publish about their pools"). */
const ALIASES = {
  total: ['total', 'totalCount', 'totalConnections'],
  idle: ['idle', 'idleCount', 'idleConnections', 'free'],
  used: ['used'],
  waiting: ['waiting', 'waitingCount', 'waitingRequests', 'pending'],
  max: ['max', 'maxConnections'],
  calls: ['queryCount', 'totalQueries', 'operationCount', 'totalOperations', 'requestCount', 'totalRequests'],
  errors: ['errorCount', 'totalErrors'],
} as const;

const LAGS = ['lag_seconds', 'lag'] as const;
/** Where nothing says that it is a pool: what a search result does not have. `total`, `pending` and `used` alone are anybody's. */
const TELLING = ['idle', 'idleCount', 'idleConnections', 'waitingCount', 'waitingRequests', 'lag_seconds'] as const;

/**
 * Reads the pool figures out of a canary result, a resource or a health body, wherever they usually stand: under
 * `pool` or `pools`, as one object, an object of objects, or a list with names; or bare, where the names of the figures
 * leave no doubt. Of several pools of one name the first counts.
 */
export function readPools(value: Json | undefined, source: PoolSource | null = null): readonly Pool[] {
  if (!isJsonObject(value)) return [];
  const { pool, pools, ...beside } = value;
  const found = pool ?? pools ?? null;
  const named = found === null ? [] : poolsIn(found, hasFigures);
  const others = poolsIn(beside, isTelling);
  return merge([...named, ...others].map((one) => ({ ...one, source }))).slice(0, MAX_POOLS);
}

function poolsIn(found: Json, isPool: (fields: JsonObject) => boolean): readonly Pool[] {
  if (isList(found))
    return found
      .filter(isJsonObject)
      .slice(0, MAX_POOLS)
      .flatMap((fields, at) => (isPool(fields) ? [readPool(nameOf(fields, at), fields)] : []));
  if (!isJsonObject(found)) return [];
  if (isPool(found)) return [readPool('default', found)];
  return Object.entries(found)
    .flatMap(([name, fields]) => (isJsonObject(fields) && isPool(fields) ? [readPool(name, fields)] : []))
    .slice(0, MAX_POOLS);
}

function readPool(name: string, fields: JsonObject): Pool {
  const waiting = figure(fields, 'waiting');
  const idle = figure(fields, 'idle');
  const total = openConnections(figure(fields, 'total'), idle, figure(fields, 'used'), waiting);
  const used = figure(fields, 'used') ?? (total !== null && idle !== null ? Math.max(0, total - idle) : null);
  const published = figure(fields, 'max');
  const max = published ?? limitSeen({ total, used, waiting });
  return {
    name: oneLine(cleanText(name, 64)),
    kind: kindOf(name, fields),
    source: null,
    total,
    idle,
    used,
    waiting,
    max,
    maxSource: max === null ? null : published === null ? 'seen' : 'published',
    utilization: utilizationOf(fields, used, max),
    errorRate: errorRateOf(fields),
    lagSeconds: lagOf(fields),
    counters: { calls: figure(fields, 'calls'), errors: figure(fields, 'errors') },
    exhaustedInMs: null,
    reason: null,
  };
}

/** While callers wait, no more connections can be opened than there are. */
function limitSeen({ total, ...fullness }: Pick<Pool, 'total' | 'used' | 'waiting'>): number | null {
  return callersWaiting(fullness) > 0 && total !== null && total > 0 ? total : null;
}

/** Knex-style `total` adds the callers that wait; they are not open connections. */
function openConnections(
  total: number | null,
  idle: number | null,
  used: number | null,
  waiting: number | null,
): number | null {
  if (total === null) return used !== null && idle !== null ? used + idle : null;
  if (used === null || idle === null || waiting === null || waiting === 0) return total;
  return total === used + idle + waiting ? used + idle : total;
}

/** A published `utilization` is over the open connections, so that one busy connection of one reads 1: it is not used. */
function utilizationOf(fields: JsonObject, used: number | null, max: number | null): number | null {
  if (used !== null && max !== null && max > 0) return used / max;
  const percent = fields['utilizationPct'];
  return isFigure(percent) ? percent / 100 : null;
}

function errorRateOf(fields: JsonObject): number | null {
  const percent = fields['errorRate'];
  return isFigure(percent) ? Math.min(1, percent / 100) : null;
}

function lagOf(fields: JsonObject): Pool['lagSeconds'] {
  const key = LAGS.find((name) => Object.hasOwn(fields, name));
  const lag = key === undefined ? undefined : fields[key];
  if (isFigure(lag)) return lag;
  return lag === null ? 'unknown' : null;
}

function figure(fields: JsonObject, of: keyof typeof ALIASES): number | null {
  for (const alias of ALIASES[of]) {
    const value = fields[alias];
    if (isFigure(value)) return value;
  }
  return null;
}

function hasFigures(fields: JsonObject): boolean {
  return (
    (['total', 'idle', 'used', 'waiting', 'calls', 'errors'] as const).some((of) => figure(fields, of) !== null) ||
    lagOf(fields) !== null ||
    errorRateOf(fields) !== null
  );
}

function isTelling(fields: JsonObject): boolean {
  if (figure(fields, 'calls') !== null && figure(fields, 'errors') !== null) return true;
  return TELLING.some((name) => isFigure(fields[name]) || (name === 'lag_seconds' && fields[name] === null));
}

function kindOf(name: string, fields: JsonObject): PoolKind {
  const said = `${typeof fields['kind'] === 'string' ? fields['kind'] : ''} ${name}`.toLowerCase();
  if (said.includes('redis')) return 'redis';
  if (said.includes('firestore')) return 'firestore';
  if (/postgres|\bpg|primary|replica/.test(said)) return 'postgres';
  return said.includes('http') ? 'http' : 'other';
}

function nameOf(fields: JsonObject, at: number): string {
  return typeof fields['name'] === 'string' ? fields['name'] : `pool ${at + 1}`;
}

function isFigure(value: Json | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
