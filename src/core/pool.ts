import type { Json, JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';

export type PoolKind = 'postgres' | 'redis' | 'http' | 'firestore' | 'other';

/** One pool as its server publishes it, in our names. A figure the server does not give is null, never 0. */
export interface Pool {
  readonly name: string;
  readonly kind: PoolKind;
  readonly total: number | null;
  readonly idle: number | null;
  readonly used: number | null;
  readonly waiting: number | null;
  readonly max: number | null;
  /** 0..1 of `max`; null where `max` is unknown. */
  readonly utilization: number | null;
  /** 0..1. */
  readonly errorRate: number | null;
  readonly lagSeconds: number | null;
}

/** A pool beyond this many is not read: the text comes from a target. */
const MAX_POOLS = 16;

/** What servers call each figure (product.md, "What server authors are taught to publish about their pools"). */
const ALIASES = {
  total: ['total', 'totalCount', 'totalConnections'],
  idle: ['idle', 'idleCount', 'idleConnections', 'free'],
  used: ['used'],
  waiting: ['waiting', 'waitingCount', 'waitingRequests', 'pending'],
  max: ['max', 'maxConnections'],
  lag: ['lag_seconds', 'lag'],
} as const;

/**
 * Reads the pool figures out of a canary result, a resource or a health body, wherever they usually stand: under
 * `pool` or `pools`, as one object, an object of objects, or a list with names; or bare.
 */
export function readPools(value: Json | undefined): readonly Pool[] {
  if (!isJsonObject(value)) return [];
  const found = value['pool'] ?? value['pools'] ?? value;
  if (Array.isArray(found))
    return found
      .filter(isJsonObject)
      .slice(0, MAX_POOLS)
      .flatMap((fields, at) => readPool(nameOf(fields, at), fields));
  if (!isJsonObject(found)) return [];
  if (hasFigures(found)) return readPool('default', found);
  return Object.entries(found)
    .slice(0, MAX_POOLS)
    .flatMap(([name, fields]) => (isJsonObject(fields) ? readPool(name, fields) : []));
}

/** The pool that tells most about trouble: the one with the most callers waiting, then the fullest. */
export function worstPool(pools: readonly Pool[]): Pool | null {
  const byTrouble = [...pools].sort(
    (a, b) => (b.waiting ?? 0) - (a.waiting ?? 0) || (b.utilization ?? 0) - (a.utilization ?? 0),
  );
  return byTrouble[0] ?? null;
}

function readPool(name: string, fields: JsonObject): readonly Pool[] {
  if (!hasFigures(fields)) return [];
  const waiting = figure(fields, 'waiting');
  const idle = figure(fields, 'idle');
  const total = openConnections(figure(fields, 'total'), idle, figure(fields, 'used'), waiting);
  const used = figure(fields, 'used') ?? (total !== null && idle !== null ? Math.max(0, total - idle) : null);
  const max = figure(fields, 'max');
  return [
    {
      name: name.slice(0, 64),
      kind: kindOf(name, fields),
      total,
      idle,
      used,
      waiting,
      max,
      utilization: utilizationOf(fields, used, max),
      errorRate: errorRateOf(fields),
      lagSeconds: figure(fields, 'lag'),
    },
  ];
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

function figure(fields: JsonObject, of: keyof typeof ALIASES): number | null {
  for (const alias of ALIASES[of]) {
    const value = fields[alias];
    if (isFigure(value)) return value;
  }
  return null;
}

function hasFigures(fields: JsonObject): boolean {
  return (['total', 'idle', 'used', 'waiting', 'lag'] as const).some((of) => figure(fields, of) !== null);
}

function kindOf(name: string, fields: JsonObject): PoolKind {
  const said = `${typeof fields['kind'] === 'string' ? fields['kind'] : ''} ${name}`.toLowerCase();
  if (/postgres|pg|primary|replica/.test(said)) return 'postgres';
  if (said.includes('redis')) return 'redis';
  if (said.includes('firestore')) return 'firestore';
  return said.includes('http') ? 'http' : 'other';
}

function nameOf(fields: JsonObject, at: number): string {
  return typeof fields['name'] === 'string' ? fields['name'] : `pool ${at + 1}`;
}

function isFigure(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
